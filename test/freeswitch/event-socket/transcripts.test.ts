// Transcripts of a real FreeSWITCH 1.11, cut at random places: each frame comes out once and whole.
import fc from 'fast-check';
import t from 'tap';
import { FrameReader } from '../../../src/freeswitch/event-socket/frame-reader.js';
import { cut, missing, serverBytes } from './transcript.js';

/** Frames of a transcript by kind, and the events of mod_callcenter in it. */
const cases = {
  'wrong-password': { counts: { 'auth-request': 1, reply: 1, 'disconnect-notice': 1 }, actions: [] },
  'api-callcenter': {
    counts: { 'auth-request': 1, reply: 3, answer: 20, 'disconnect-notice': 1 },
    actions: [],
  },
  'agent-status-and-tier-changes': {
    counts: { 'auth-request': 1, reply: 4, event: 12, 'disconnect-notice': 1 },
    actions: [
      ...Array<string>(5).fill('agent-status-change'),
      ...['agent-state-change', 'agent-state-change', 'agent-add', 'agent-contact-change'],
      ...['agent-status-change', 'agent-contact-change', 'agent-status-change'],
    ],
  },
  'no-agents-available': {
    counts: undefined,
    actions: ['member-queue-start', 'members-count', 'member-queue-end', 'members-count'],
  },
  'call-abandoned-agent-no-answer': {
    counts: undefined,
    actions: [
      ...['member-queue-start', 'members-count'],
      ...['agent-state-change', 'agent-offering', 'bridge-agent-fail', 'agent-state-change'],
      ...['agent-state-change', 'agent-offering', 'bridge-agent-fail', 'agent-state-change'],
      ...['agent-state-change', 'agent-offering', 'agent-max-no-answer', 'agent-status-change'],
      ...['bridge-agent-fail', 'agent-state-change', 'member-queue-end', 'members-count'],
    ],
  },
  'call-answered-by-agent': {
    counts: undefined,
    actions: [
      ...['member-queue-start', 'members-count', 'agent-state-change', 'agent-offering'],
      ...['bridge-agent-start', 'members-count', 'agent-state-change', 'bridge-agent-end'],
      ...['member-queue-end', 'agent-state-change'],
    ],
  },
} as const;

for (const [name, { counts, actions }] of Object.entries(cases)) {
  t.test(name, { skip: missing(name) }, (t) => {
    const bytes = serverBytes(name);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        const reader = new FrameReader();
        const kinds: Record<string, number> = {};
        const heard: string[] = [];
        for (const chunk of cut(bytes, places)) {
          const fault = reader.push(chunk, (frame) => {
            kinds[frame.kind] = (kinds[frame.kind] ?? 0) + 1;
            if (frame.kind !== 'event') return;
            const action = frame.headers.get('CC-Action');
            if (action !== undefined) heard.push(action);
          });
          if (fault !== undefined) throw new Error(fault);
        }
        t.strictSame(heard, actions);
        if (counts !== undefined) t.strictSame(kinds, counts);
        t.notOk('unusable' in kinds);
        t.equal(reader.heldBytes, 0);
      }),
      { numRuns: 50 },
    );
    t.end();
  });
}
