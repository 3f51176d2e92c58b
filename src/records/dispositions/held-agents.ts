// Where a router keeps which agents it has set On Break until a disposition is recorded, and what it asks of those.
import type { Sql } from '../database/sql.js';

interface Key {
  readonly decisionId: string;
  readonly offer: string;
}

interface HeldKey extends Key {
  readonly centre: string;
  readonly agent: string;
}

export interface HeldAgent extends HeldKey {
  readonly statusBefore: string | undefined;
  /** Wall clock, in milliseconds. */
  readonly until: number;
}

export class HeldAgents {
  readonly #database: Sql;
  readonly #router: () => Promise<string>;

  /** @param router what tells this router from others with the same database, the same after a restart; at most 128 bytes */
  constructor(database: Sql, router: () => Promise<string>) {
    this.#database = database;
    this.#router = router;
  }

  /** Of these, what has a disposition that no IVR made. @throws RecordsUnavailableError */
  async settled(keys: readonly Key[]): Promise<readonly Key[]> {
    return this.#database.query<{ decisionId: string; offer: string }>(
      `SELECT d.decision_id AS "decisionId", d.offer
       FROM unnest($1::text[], $2::text[]) AS k (decision_id, offer)
         JOIN proffer.dispositions d ON d.decision_id = k.decision_id AND d.offer = k.offer AND d.is_current AND d.source <> 'ivr'`,
      [keys.map(({ decisionId }) => decisionId), keys.map(({ offer }) => offer)],
    );
  }

  /** @throws RecordsUnavailableError; then nothing is saved */
  async save(kept: readonly HeldAgent[], gone: readonly HeldKey[]): Promise<void> {
    await this.#database.query('SELECT proffer.save_held_agents($1, $2, $3)', [
      await this.#router(),
      JSON.stringify(kept),
      JSON.stringify(gone),
    ]);
  }

  /** @throws RecordsUnavailableError */
  async load(): Promise<readonly HeldAgent[]> {
    const rows = await this.#database.query<{
      held: HeldKey & { statusBefore: string | null; until: number };
    }>(
      `SELECT jsonb_build_object('centre', h.centre, 'agent', h.agent, 'decisionId', h.decision_id, 'offer', h.offer,
           'statusBefore', h.status_before, 'until', proffer.epoch_ms(h.held_until)) AS held
       FROM proffer.held_agents h WHERE h.router = $1 ORDER BY h.held_until LIMIT 10000`,
      [await this.#router()],
    );
    return rows.map(({ held }) => ({ ...held, statusBefore: held.statusBefore ?? undefined }));
  }
}
