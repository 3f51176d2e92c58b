// The line a call: what was made of the offer, in words that are true.
import t from 'tap';
import type { CallSummary } from '../../src/calls/index.js';
import { callLine } from '../../src/cli/call-line.js';

const summary: CallSummary = {
  decisionId: 'd-1',
  callId: 'c-1',
  trunk: 'loopback',
  action: 'proxy',
  partner: 'acme',
  caller: '+15550100002',
  dialled: '+18005550100',
  arm: 'offer',
  offer: undefined,
  presented: undefined,
  reason: 'offer',
  failOpen: [],
  destination: 'east/service',
  status: 200,
  termination: { result: 'success', reason: 'answered' },
  decisionMs: 1.2,
  durationMs: 10,
};

t.test('the offer column', (t) => {
  const says = (part: Partial<CallSummary>, text: string): void =>
    void t.match(callLine({ ...summary, ...part }, 0, false), `  acme       ${text}`);
  says({ offer: 'ACME-PLATINUM' }, 'ACME-PLATINUM             east/service');
  says({ presented: 'ACME-TRAVEL:declined' }, 'ACME-TRAVEL:declined ');
  says({ presented: 'ACME-TRAVEL:accepted', offer: 'ACME-SAVER' }, 'ACME-SAVER ');
  says({}, 'offer not presented ');
  says({ reason: 'opt-out' }, 'no offer (opt-out) ');
  says({ termination: { result: 'client-error', reason: 'cancelled' } }, 'not connected ');
  t.end();
});
