// INVITE client transaction: RFC 3261 17.1.1.2 (figure 5) as amended by RFC 6026 8.4 (state accepted, timer M).
import type { Machine } from './machine.js';

export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';

export type InviteClientEvent =
  | '1xx'
  | '2xx'
  | '300-699'
  | 'tu-cancel'
  | 'timer-a'
  | 'timer-b'
  | 'timer-d'
  | 'timer-m'
  | 'timer-cancel'
  | 'transport-error';

export type InviteClientAction =
  | 'send-request'
  | 'send-ack'
  | 'send-cancel'
  | 'hold-cancel'
  | 'release-cancel'
  | 'start-timer-a'
  | 'stop-timer-a'
  | 'start-timer-b'
  | 'stop-timer-b'
  | 'start-timer-d'
  | 'start-timer-m'
  | 'start-timer-cancel'
  | 'stop-timer-cancel'
  | 'report-response'
  | 'report-timeout'
  | 'report-transport-error';

export const inviteClientMachine: Machine<InviteClientState, InviteClientEvent, InviteClientAction> = {
  name: 'invite-client',
  initial: 'calling',
  last: 'terminated',
  start: ['send-request', 'start-timer-a', 'start-timer-b'],
  table: {
    calling: {
      'timer-a': { next: 'calling', actions: ['send-request', 'start-timer-a'] },
      'timer-b': { next: 'terminated', actions: ['report-timeout'] },
      'transport-error': { next: 'terminated', actions: ['report-transport-error'] },
      // RFC 3261 9.1: no CANCEL before a provisional response. Deviation: nor the INVITE again, since a peer that comes back
      // to life would ring for a call that nobody waits for.
      'tu-cancel': { next: 'calling', actions: ['stop-timer-a', 'hold-cancel'] },
      '1xx': {
        next: 'proceeding',
        actions: ['stop-timer-a', 'stop-timer-b', 'release-cancel', 'report-response'],
      },
      '2xx': {
        next: 'accepted',
        actions: ['stop-timer-a', 'stop-timer-b', 'start-timer-m', 'report-response'],
      },
      '300-699': {
        next: 'completed',
        actions: ['stop-timer-a', 'stop-timer-b', 'send-ack', 'start-timer-d', 'report-response'],
      },
    },
    proceeding: {
      '1xx': { next: 'proceeding', actions: ['report-response'] },
      'tu-cancel': { next: 'proceeding', actions: ['send-cancel', 'start-timer-cancel'] },
      // RFC 3261 9.1: no final response 64*T1 after the CANCEL: the transaction is considered cancelled.
      'timer-cancel': { next: 'terminated', actions: ['report-timeout'] },
      '2xx': { next: 'accepted', actions: ['stop-timer-cancel', 'start-timer-m', 'report-response'] },
      '300-699': {
        next: 'completed',
        actions: ['stop-timer-cancel', 'send-ack', 'start-timer-d', 'report-response'],
      },
    },
    accepted: {
      '2xx': { next: 'accepted', actions: ['report-response'] },
      'timer-m': { next: 'terminated', actions: [] },
    },
    completed: {
      '300-699': { next: 'completed', actions: ['send-ack'] },
      'timer-d': { next: 'terminated', actions: [] },
      'transport-error': { next: 'terminated', actions: ['report-transport-error'] },
    },
    terminated: {},
  },
};
