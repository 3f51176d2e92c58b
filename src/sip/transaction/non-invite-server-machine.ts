// Non-INVITE server transaction: RFC 3261 17.2.2, figure 8.
import type { Machine } from './machine.js';

export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteServerEvent = 'request' | 'tu-1xx' | 'tu-200-699' | 'timer-j' | 'transport-error';

export type NonInviteServerAction =
  'send-response' | 'resend-response' | 'start-timer-j' | 'report-transport-error';

export const nonInviteServerMachine: Machine<
  NonInviteServerState,
  NonInviteServerEvent,
  NonInviteServerAction
> = {
  name: 'non-invite-server',
  initial: 'trying',
  last: 'terminated',
  start: [],
  table: {
    trying: {
      request: { next: 'trying', actions: [] },
      'tu-1xx': { next: 'proceeding', actions: ['send-response'] },
      'tu-200-699': { next: 'completed', actions: ['send-response', 'start-timer-j'] },
    },
    proceeding: {
      request: { next: 'proceeding', actions: ['resend-response'] },
      'tu-1xx': { next: 'proceeding', actions: ['send-response'] },
      'tu-200-699': { next: 'completed', actions: ['send-response', 'start-timer-j'] },
      'transport-error': { next: 'terminated', actions: ['report-transport-error'] },
    },
    completed: {
      request: { next: 'completed', actions: ['resend-response'] },
      'timer-j': { next: 'terminated', actions: [] },
      'transport-error': { next: 'terminated', actions: ['report-transport-error'] },
    },
    terminated: {},
  },
};
