// What a script may show of the caller of one call: fields of proffer.customers that the settings name.
import type { Sql } from '../database/sql.js';

export interface ScriptCustomer {
  readonly partner: string;
  /** Who had the call, as centre/agent. */
  readonly agents: readonly string[];
  /** Of those that were asked for, those that have a value. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A call that a router has now; its records may come a moment later. */
export interface LiveCaller {
  readonly partner: string;
  readonly customer: string | undefined;
}

interface Row {
  readonly partner: string;
  readonly agents: readonly string[];
  readonly name: string | null;
  readonly language: string | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
}

const text = `
  SELECT w.partner, cu.name, cu.language, cu.attributes,
    ARRAY(SELECT a.centre || '/' || a.agent FROM proffer.agents_of_call($1) a WHERE a.centre IS NOT NULL) AS agents
  FROM (
    SELECT $2::text AS partner, $3::text AS customer WHERE $2::text IS NOT NULL
    UNION ALL
    SELECT c.partner, c.customer FROM proffer.contacts c
      WHERE c.contact = $1 AND c.partner IS NOT NULL AND $2::text IS NULL) w
  LEFT JOIN proffer.customers cu ON cu.partner = w.partner AND cu.customer = w.customer`;

/**
 * @param fieldsOf names of a partner: name, language, or keys of the attributes
 * @param live undefined: as the records have the call
 * @returns undefined where no such call is known
 * @throws RecordsUnavailableError
 */
export async function scriptCustomer(
  database: Sql,
  decisionId: string,
  fieldsOf: (partner: string) => readonly string[],
  live?: LiveCaller,
): Promise<ScriptCustomer | undefined> {
  const values = [decisionId, live?.partner ?? null, live?.customer ?? null];
  const [row] = await database.query<Row>(text, values);
  if (row === undefined) return undefined;
  const { partner, agents, name, language, attributes } = row;
  const known = new Map<string, unknown>([
    ...Object.entries(attributes ?? {}),
    ['name', name],
    ['language', language],
  ]);
  const fields: Record<string, string> = {};
  for (const field of fieldsOf(partner)) {
    const value = known.get(field);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      fields[field] = String(value);
  }
  return { partner, agents, fields };
}
