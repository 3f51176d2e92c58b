// Laws: whatever was there and whatever the settings asked before, plan and apply end where the settings say, nothing made by hand is
// touched, and a process that dies between any two steps, or whose connection does, costs nothing but another apply.
import fc from 'fast-check';
import t from 'tap';
import { planCentre, readActualCentre, applyPlan } from '../../../src/freeswitch/index.js';
import type { DesiredCentre } from '../../../src/freeswitch/index.js';
import { ModelCentre } from './model-centre.js';
import type { ModelAgent, ModelTier } from './model-centre.js';
import { applyAt, cardSteps, MemoryLedger, planAt, wishOf, withXml } from './wishes.js';

const ids = ['1001', '1002', '1003', '1004'] as const;

const arbitraryWish = fc
  .tuple(
    fc.uniqueArray(
      fc.record({
        agent: fc.constantFrom(...ids),
        skills: fc.record({ cards: fc.integer({ min: 1, max: 10 }) }, { requiredKeys: [] }),
        wrapUpSeconds: fc.integer({ min: 0, max: 3 }),
      }),
      { selector: (one) => one.agent },
    ),
    fc.subarray(['cards', 'loans', 'cards.OFFER.agents']),
  )
  .map(([agents, queues]) =>
    wishOf(agents, Object.fromEntries([...queues, 'service'].map((one) => [one, stepsOf(one)]))),
  );

function stepsOf(queue: string): typeof cardSteps | undefined {
  return queue === 'service' ? undefined : cardSteps;
}

interface ByHand {
  readonly agents: readonly (readonly [string, string])[];
  readonly tiers: readonly (readonly [string, string, number])[];
}

const byHand: fc.Arbitrary<ByHand> = fc.record({
  agents: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom(...ids.map((one) => `${one}@default`), '9001@default', "odd 'name'"),
      fc.constantFrom('Available', 'On Break', 'Logged Out'),
    ),
    { selector: ([name]) => name },
  ),
  tiers: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('cards@default', 'service@default'),
      fc.constantFrom('1001@default', '9001@default'),
      fc.integer({ min: 1, max: 3 }),
    ),
    { selector: ([queue, agent]) => `${queue}|${agent}` },
  ),
});

function centreWith({ agents, tiers }: ByHand): ModelCentre {
  const centre = new ModelCentre();
  for (const [name, status] of agents) centre.addAgent(name, { status, contact: 'user/a|user/b' });
  for (const [queue, agent, level] of tiers) centre.addTier(queue, agent, level, 7);
  return centre;
}

function isUntouched(centre: ModelCentre, { agents, tiers }: ByHand): boolean {
  const fresh = centreWith({ agents, tiers });
  const sameAgent = (a: ModelAgent | undefined, b: ModelAgent | undefined): boolean =>
    JSON.stringify(a) === JSON.stringify(b);
  const sameTier = (a: ModelTier | undefined, b: ModelTier | undefined): boolean =>
    a?.level === b?.level && a?.position === b?.position;
  return (
    agents.every(([name]) => sameAgent(centre.agents.get(name), fresh.agents.get(name))) &&
    tiers.every(([queue, agent]) =>
      sameTier(centre.tiers.get(queue)?.get(agent), fresh.tiers.get(queue)?.get(agent)),
    )
  );
}

/** Nothing of ours is left, but agents whom a tier by hand keeps. */
function isOnlyByHand(centre: ModelCentre, hand: ByHand): boolean {
  const fresh = centreWith(hand);
  const tiersByHand = new Set(hand.tiers.map(([, agent]) => agent));
  return (
    [...centre.agents.keys()].every((name) => fresh.agents.has(name) || tiersByHand.has(name)) &&
    [...centre.tiers].every(([queue, tiers]) =>
      [...tiers.keys()].every((agent) => fresh.tiers.get(queue)?.has(agent) === true),
    )
  );
}

async function isSettled(
  centre: ModelCentre,
  ledger: MemoryLedger,
  desired: DesiredCentre,
): Promise<boolean> {
  return (await planAt(centre, ledger, desired)).steps.length === 0;
}

t.test('apply settles a centre, whatever the settings asked before', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      byHand,
      fc.array(arbitraryWish, { minLength: 1, maxLength: 4 }),
      async (hand, wishes) => {
        const centre = centreWith(hand);
        const ledger = new MemoryLedger();
        for (const desired of wishes) {
          withXml(centre, desired);
          const outcome = await applyAt(centre, ledger, desired);
          if (outcome.refused.length + outcome.skipped.length > 0) return false;
          if (!(await isSettled(centre, ledger, desired)) || !isUntouched(centre, hand)) return false;
        }
        return true;
      },
    ),
  );
  t.pass('with nothing refused and nothing touched that was made by hand');
});

t.test('when the settings ask for nothing any more, only what was made by hand is left', async (t) => {
  await fc.assert(
    fc.asyncProperty(byHand, arbitraryWish, async (hand, desired) => {
      const centre = withXml(centreWith(hand), desired);
      const ledger = new MemoryLedger();
      await applyAt(centre, ledger, desired);
      await applyAt(centre, ledger, wishOf([], { service: undefined }));
      return isOnlyByHand(centre, hand);
    }),
  );
  t.pass('agents with a tier by hand included');
});

/** Like the death of the process: what is in the ledger stays, nothing is cleaned up. */
class DyingLedger extends MemoryLedger {
  isDead = false;

  override write(ledger: Parameters<MemoryLedger['write']>[0]): void {
    if (!this.isDead) super.write(ledger);
  }
}

t.test('a process that dies at any command converges when it applies again', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      byHand,
      fc.tuple(arbitraryWish, arbitraryWish, arbitraryWish),
      fc.record({ isCarriedOut: fc.boolean(), isProcess: fc.boolean() }),
      async (hand, [before, during, after], { isCarriedOut, isProcess }) => {
        for (let cut = 0; ; cut += 1) {
          const centre = centreWith(hand);
          const ledger = new DyingLedger();
          for (const one of [before, during, after]) withXml(centre, one);
          await applyAt(centre, ledger, before);
          const plan = planCentre(during, await readActualCentre(centre), ledger.read());
          centre.goneAfter = cut;
          centre.isCarriedOut = isCarriedOut;
          const run = centre.run.bind(centre);
          const commands = {
            run: (command: string): Promise<string> => {
              if (centre.goneAfter <= 0) ledger.isDead = isProcess;
              return run(command);
            },
          };
          const { stopped } = await applyPlan(plan, during, { commands, ledger });
          centre.goneAfter = Infinity;
          ledger.isDead = false;
          if (!isUntouched(centre, hand)) return false;
          await applyAt(centre, ledger, after);
          if (!(await isSettled(centre, ledger, after)) || !isUntouched(centre, hand)) return false;
          await applyAt(centre, ledger, wishOf([], { service: undefined }));
          if (!isUntouched(centre, hand) || !isOnlyByHand(centre, hand)) return false;
          if (ledger.ledger.tiers.size > 0) return false;
          if (stopped === undefined) return true;
        }
      },
    ),
    { numRuns: 40 },
  );
  t.pass('at every cut point, whether the last command arrived or not');
});
