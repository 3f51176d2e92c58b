// Non-INVITE client transaction: RFC 3261 17.1.2.2, figure 6.
import type { Machine } from './machine.js';

export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';

export type NonInviteClientEvent = '1xx' | '200-699' | 'timer-e' | 'timer-f' | 'timer-k' | 'transport-error';

export type NonInviteClientAction =
  | 'send-request'
  | 'start-timer-e'
  | 'start-timer-e-at-t2'
  | 'stop-timer-e'
  | 'start-timer-f'
  | 'stop-timer-f'
  | 'start-timer-k'
  | 'report-response'
  | 'report-timeout'
  | 'report-transport-error';

const completed = {
  next: 'completed',
  actions: ['stop-timer-e', 'stop-timer-f', 'start-timer-k', 'report-response'],
} as const;

export const nonInviteClientMachine: Machine<
  NonInviteClientState,
  NonInviteClientEvent,
  NonInviteClientAction
> = {
  name: 'non-invite-client',
  initial: 'trying',
  last: 'terminated',
  start: ['send-request', 'start-timer-e', 'start-timer-f'],
  table: {
    trying: {
      'timer-e': { next: 'trying', actions: ['send-request', 'start-timer-e'] },
      'timer-f': { next: 'terminated', actions: ['report-timeout'] },
      'transport-error': { next: 'terminated', actions: ['report-transport-error'] },
      '1xx': { next: 'proceeding', actions: ['report-response'] },
      '200-699': completed,
    },
    proceeding: {
      'timer-e': { next: 'proceeding', actions: ['send-request', 'start-timer-e-at-t2'] },
      'timer-f': { next: 'terminated', actions: ['report-timeout'] },
      'transport-error': { next: 'terminated', actions: ['report-transport-error'] },
      '1xx': { next: 'proceeding', actions: ['report-response'] },
      '200-699': completed,
    },
    completed: {
      'timer-k': { next: 'terminated', actions: [] },
    },
    terminated: {},
  },
};
