import fc from 'fast-check';
import t from 'tap';
import type { AgentStatus } from '../../../src/callcenter/index.js';
import { AgentDuty } from '../../../src/calls/live/agent-duty.js';

const statuses: readonly AgentStatus[] = ['Available', 'Available (On Demand)', 'On Break', 'Logged Out'];
const act = fc.oneof(
  fc.record({ kind: fc.constant('choose' as const), status: fc.constantFrom(...statuses) }),
  fc.record({ kind: fc.constant('owe' as const), call: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('settle' as const), call: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('fail' as const), isFor: fc.constantFrom('failed', 'impossible') }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
);

t.test('nobody is made available but out of the break that was set here', (t) => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const duty = new AgentDuty('east', '1001');
      let now = 0;
      let status: AgentStatus = 'Available';
      let before: AgentStatus | undefined;
      let failure: 'failed' | 'impossible' | undefined;
      const seen = { last: '' };
      const turn = (): void => {
        for (let i = 0; i < 3; i += 1) {
          const step = duty.next(status, now);
          seen.last = step.kind;
          if (step.kind === 'none' || step.kind === 'over') return;
          if (step.kind === 'hold') {
            if (duty.owed.length === 0) throw new Error('held for nothing');
            if (status !== 'Available' && status !== 'Available (On Demand)')
              throw new Error(`held when ${status}`);
          } else if (status !== 'On Break' || before !== step.status) throw new Error(`freed from ${status}`);
          const result = failure ?? 'done';
          failure = undefined;
          if (result === 'done') {
            before = step.kind === 'hold' ? status : undefined;
            status = step.kind === 'hold' ? 'On Break' : step.status;
          }
          duty.answered(step, result, now);
        }
      };
      for (const one of acts) {
        if (one.kind === 'choose' && one.status !== status) {
          status = one.status;
          before = undefined;
        } else if (one.kind === 'owe') {
          duty.owe({ decisionId: `d${one.call}`, offer: 'A', until: now + 60_000 });
        } else if (one.kind === 'settle') duty.settle({ decisionId: `d${one.call}`, offer: 'A' });
        else if (one.kind === 'fail') failure = one.isFor;
        else if (one.kind === 'wait') now += one.ms;
        turn();
      }
      now += 60_000;
      duty.expire(now);
      turn();
      failure = undefined;
      now += 20_000;
      turn();
      return seen.last === 'over' && duty.owed.length === 0;
    }),
    { numRuns: 2000 },
  );
  t.end();
});

t.test('a centre that tells nothing does not keep a duty for ever', (t) => {
  const duty = new AgentDuty('east', '1001');
  duty.resume('Available', 0);
  t.equal(duty.next(undefined, 0).kind, 'none');
  t.equal(duty.next(undefined, 600_000).kind, 'none');
  t.equal(duty.next(undefined, 600_001).kind, 'over');
  t.end();
});
