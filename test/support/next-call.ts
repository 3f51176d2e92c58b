// What proofs of the next call have in common: customers who each have two offers, and one call after the other.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from './child-process.js';
import type { IvrStage } from './ivr-stage.js';
import { sumOf } from './metrics-text.js';
import { apiToken, askAt } from './records-client.js';
import type { Ask } from './records-client.js';
import type { RouterProcess } from './router-process.js';
import type { SettingsDraft } from './router-settings.js';

/** Each with a number of their own; account 1000 + place. */
export const people = [
  'decliner',
  'buyer',
  'busy',
  'corrected',
  'listener',
  'troubled',
  'imported',
  'shared',
] as const;
export type Person = (typeof people)[number];

export const phoneOf = (person: Person): string => `+1555020${1000 + people.indexOf(person)}`;
export const accountOf = (person: Person): string => String(1000 + people.indexOf(person));
export const environment = { PROFFER_API_TOKEN: apiToken } as const;

/** The listener's offer is told by an IVR menu; the other two are of one family, for agents. */
function strategyOf(person: Person): string {
  const cards = [
    { offer: 'ACME-PLATINUM', propensity: 0.5, value: 180 },
    { offer: 'ACME-SAVER', propensity: 0.3, value: 60 },
  ];
  const offers = person === 'listener' ? [{ offer: 'ACME-TRAVEL', propensity: 0.9, value: 45 }] : cards;
  return JSON.stringify({ partner: 'acme', customer: person, phones: [phoneOf(person)], offers });
}

export function oneFamily(draft: SettingsDraft): void {
  for (const product of draft.offers.products ?? []) {
    if (product.product === 'platinum-card' || product.product === 'saver-account') product.family = 'cards';
  }
  for (const offer of draft.offers.offers ?? []) {
    if (offer.offer === 'ACME-SAVER')
      offer.presentations = offer.presentations?.filter(({ kind }) => kind === 'agent') ?? [];
  }
}

/** Publishes the strategies of everybody as a new generation, and gives its number. */
export async function publish(router: RouterProcess): Promise<string> {
  const file = join(router.settings.path, 'strategies.ndjson');
  writeFileSync(file, people.map((one) => `${strategyOf(one)}\n`).join(''));
  const text = await succeeds(router, ['strategies', 'load', file, '--json']);
  const { published } = JSON.parse(text) as {
    readonly published: readonly { readonly generation: number }[];
  };
  return String(published[0]?.generation);
}

/** Customers and accounts, as a partner would bring them. */
export async function importPeople(router: RouterProcess): Promise<void> {
  await importRows(router, 'customers', ['customer', ...people]);
  await importRows(router, 'accounts', [
    'account,customer',
    ...people.map((one) => `${accountOf(one)},${one}`),
  ]);
}

/** @param lines the names of the columns first */
export async function importRows(
  router: RouterProcess,
  kind: string,
  lines: readonly string[],
): Promise<void> {
  const file = join(router.settings.path, `${kind}.csv`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  await succeeds(router, ['import', kind, file, '--partner', 'acme']);
}

export async function succeeds(router: RouterProcess, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await router.run(args);
  if (code !== 0) throw new Error(`proffer ${args.join(' ')}: exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

export async function recordsReady(router: RouterProcess): Promise<void> {
  await waitUntil(
    'the records are ready',
    async () => sumOf(await router.metrics(), 'proffer_records_up') === 1,
    30_000,
  );
}

/** One call: what was offered to whoever called. */
export interface PlacedCall {
  readonly decisionId: string;
  /** Undefined: plain service. */
  readonly offer: string | undefined;
  readonly reason: unknown;
}

export class Shop {
  readonly stage: IvrStage;
  readonly ask: Ask;

  /** @param generation that was published first */
  constructor(
    stage: IvrStage,
    readonly generation: string,
  ) {
    this.stage = stage;
    this.ask = askAt(() => stage.router.http);
  }

  /** A call that an agent answers, and ends. @param keys pressed in the program before */
  async call(person: Person, { keys = '' } = {}): Promise<PlacedCall> {
    const { stage } = this;
    const channel = await stage.answeredCall('bridge', { caller: phoneOf(person) });
    if (keys !== '') {
      await waitUntil('the program speaks', () => channel.media.counters.packetsIn > 10);
      channel.media.sendKeys(keys);
    }
    const phone = await stage.agentPhone();
    const callId = channel.variables.get('sip_call_id') ?? '';
    const [decision] = await stage.router.recordsOf(callId, 'decision');
    const { offer, decisionId, reason } = decision as {
      decisionId: string;
      offer?: { offerCode: string };
      reason: unknown;
    };
    if (offer !== undefined) await this.#isConfirmed(callId);
    phone.hangup('NORMAL_CLEARING');
    await waitUntil('the caller is hung up on', () => channel.isHungUp);
    await stage.isClean();
    return { decisionId, offer: offer?.offerCode, reason };
  }

  async #isConfirmed(callId: string): Promise<void> {
    await waitUntil('the exposure is confirmed', async () =>
      (await this.stage.router.recordsOf(callId)).some(({ state }) => state === 'confirmed'),
    );
  }

  /** Does it, and waits until the store was given what is learned of it. */
  async learns<Result>(work: () => Promise<Result>): Promise<Result> {
    const states = async () => sumOf(await this.stage.router.metrics(), 'proffer_learned_states_total');
    const before = await states();
    const result = await work();
    await waitUntil('it is learned', async () => (await states()) > before, 10_000, 10);
    return result;
  }

  async dispose({ decisionId, offer }: PlacedCall, code: string, more: object = {}): Promise<void> {
    await this.learns(async () => {
      const answer = await this.ask('POST', '/v1/dispositions', { decisionId, offer, code, ...more });
      if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    });
  }
}
