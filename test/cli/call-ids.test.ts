// Call-IDs and decisions of calls: those that are there, and the latest 10,000 that ended.
import t from 'tap';
import { CallIds } from '../../src/cli/call-ids.js';
import type { CallRouter } from '../../src/calls/index.js';
import { TypedEmitter } from '../../src/kernel/index.js';

interface Call {
  readonly callId: string;
  readonly decisionId: string;
}

function stage() {
  const live: Call[] = [];
  const events = new TypedEmitter<{ call: [Call] }>(() => undefined);
  const router = {
    live: { get: (id: string) => live.find(({ decisionId }) => decisionId === id), list: () => live },
    events,
  } as unknown as CallRouter;
  const ids = new CallIds(router);
  const end = (callId: string, decisionId: string): void => events.emit('call', { callId, decisionId });
  return { ids, live, end };
}

t.test('a call is known while it is there and after its end', (t) => {
  const { ids, live, end } = stage();
  live.push({ callId: 'alice', decisionId: 'd1' });
  end('bob', 'd2');
  t.equal(ids.callIdOf('d1'), 'alice');
  t.equal(ids.callIdOf('d2'), 'bob');
  t.equal(ids.callIdOf('d3'), undefined);
  t.strictSame(
    ids.decisionIdsOf(['alice', 'bob', 'carol']),
    new Map([
      ['alice', 'd1'],
      ['bob', 'd2'],
    ]),
  );
  t.end();
});

t.test('the oldest gives way, and of a Call-ID that was used again the latest decision is told', (t) => {
  const { ids, end } = stage();
  end('alice', 'first');
  for (let i = 0; i < 9_998; i++) end(`call ${i}`, `decision ${i}`);
  end('alice', 'second');
  t.equal(ids.decisionIdsOf(['alice']).get('alice'), 'second', 'while both are remembered');
  t.equal(ids.callIdOf('first'), 'alice');
  end('bob', 'third');
  t.equal(ids.callIdOf('first'), undefined, 'the ten thousand and first is forgotten');
  t.equal(ids.callIdOf('decision 0'), 'call 0');
  end('bob', 'fourth');
  t.equal(ids.callIdOf('decision 0'), undefined);
  t.equal(ids.decisionIdsOf(['bob']).get('bob'), 'fourth', 'also over the end of the ring');
  t.equal(ids.decisionIdsOf(['alice']).get('alice'), 'second');
  t.end();
});
