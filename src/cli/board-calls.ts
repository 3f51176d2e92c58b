// Calls of the records as the API shows them, and the story of one with what the decision says in words.
import type { CallRouter } from '../calls/index.js';
import type { CallHistory, DecisionAnswer } from '../console/index.js';
import { isInScope } from '../console/index.js';
import { callList, callStory } from '../records/index.js';
import type { CallStory, RecordsDatabase } from '../records/index.js';
import { ladderOf } from './board-ladder.js';
import { toldOf } from './calls-show-text.js';
import { inWords } from './explain-text.js';

export function callHistory(database: RecordsDatabase, router: Pick<CallRouter, 'settings'>): CallHistory {
  return {
    list: async ({ outcome, ...filter }) => {
      const calls = await callList(database, { ...filter, result: outcome });
      return calls.map((call) => ({ ...call, startedAt: call.startedAt.toISOString() }));
    },
    ladder: async (id) => {
      const answer = await callStory(database, id);
      if (answer.kind !== 'story') return { kind: 'unknown' };
      const { story } = answer;
      return { kind: 'ladder', owners: ownersOf(story), ladder: ladderOf(story) };
    },
    names: (scope) => ({
      partners: router.settings.partners.partners
        .filter(({ partner }) => isInScope(scope, partner))
        .map(({ partner, name }) => ({ partner, name })),
      offers: router.settings.offers.offers
        .filter(({ partner }) => isInScope(scope, partner))
        .map(({ offer, name, partner }) => ({ offer, name, partner })),
    }),
  };
}

function ownersOf({ contact, exposures, usages }: CallStory) {
  const had = [
    ...exposures.map(({ centre, agent }) => ({ centre, agent })),
    ...usages.map(({ destination, agent }) => ({ centre: destination.split('/', 1)[0] ?? null, agent })),
  ];
  return {
    partner: contact.partner ?? undefined,
    agents: had.flatMap(({ centre, agent }) =>
      centre === null || agent === null ? [] : [{ centre, agent }],
    ),
  };
}

/** The story, and each decision that still has its detail in one sentence. @throws RecordsUnavailableError */
export async function toldStory(database: RecordsDatabase, id: string): Promise<DecisionAnswer> {
  const answer = await callStory(database, id);
  if (answer.kind !== 'story') return answer;
  const { story } = answer;
  const decisions = story.decisions.map((one) =>
    one.record === undefined
      ? one
      : { ...one, words: inWords({ decision: toldOf(one.record), identity: { kind: 'anonymous' } }) },
  );
  return { kind: 'story', story: { ...story, decisions } };
}
