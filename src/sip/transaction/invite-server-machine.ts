// INVITE server transaction: RFC 3261 17.2.1 (figure 7) as amended by RFC 6026 8.5 (state accepted, timer L).
import type { Machine } from './machine.js';

export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

export type InviteServerEvent =
  | 'request'
  | 'ack'
  | 'tu-1xx'
  | 'tu-2xx'
  | 'tu-300-699'
  | 'timer-g'
  | 'timer-h'
  | 'timer-i'
  | 'timer-l'
  | 'transport-error';

export type InviteServerAction =
  | 'send-response'
  | 'resend-response'
  | 'start-timer-g'
  | 'stop-timer-g'
  | 'start-timer-h'
  | 'stop-timer-h'
  | 'start-timer-i'
  | 'start-timer-l'
  | 'report-ack'
  | 'report-ack-timeout'
  | 'report-transport-error';

export const inviteServerMachine: Machine<InviteServerState, InviteServerEvent, InviteServerAction> = {
  name: 'invite-server',
  initial: 'proceeding',
  last: 'terminated',
  start: [],
  table: {
    proceeding: {
      request: { next: 'proceeding', actions: ['resend-response'] },
      'tu-1xx': { next: 'proceeding', actions: ['send-response'] },
      'tu-2xx': { next: 'accepted', actions: ['send-response', 'start-timer-l'] },
      'tu-300-699': { next: 'completed', actions: ['send-response', 'start-timer-g', 'start-timer-h'] },
      'transport-error': { next: 'proceeding', actions: ['report-transport-error'] },
    },
    accepted: {
      // The INVITE is absorbed; retransmitting the 2xx is the business of the transaction user (RFC 6026 7.1).
      request: { next: 'accepted', actions: [] },
      ack: { next: 'accepted', actions: ['report-ack'] },
      'tu-2xx': { next: 'accepted', actions: ['send-response'] },
      'timer-l': { next: 'terminated', actions: [] },
      'transport-error': { next: 'accepted', actions: ['report-transport-error'] },
    },
    completed: {
      request: { next: 'completed', actions: ['resend-response'] },
      ack: { next: 'confirmed', actions: ['stop-timer-g', 'stop-timer-h', 'start-timer-i'] },
      'timer-g': { next: 'completed', actions: ['resend-response', 'start-timer-g'] },
      'timer-h': { next: 'terminated', actions: ['report-ack-timeout'] },
      'transport-error': { next: 'completed', actions: ['report-transport-error'] },
    },
    confirmed: {
      request: { next: 'confirmed', actions: [] },
      ack: { next: 'confirmed', actions: [] },
      'timer-i': { next: 'terminated', actions: [] },
    },
    terminated: {},
  },
};
