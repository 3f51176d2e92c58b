// Randomness in SQL that depends on nothing but the seed, what is asked and of whom: the same rows whatever the threads do.
import { text } from '../sql.js';

/**
 * Macros: `u(n, tag)` from 0 to below 1, `normal(n, tag)` of mean 0 and variance 1, `sigmoid(x)`. The same n and tag give the same
 * number; tags are independent of each other.
 */
export function randomMacros(seed: number): readonly string[] {
  return [
    // Hashed twice: the hash of several values at once is alike for values that are alike.
    `CREATE MACRO u(n, tag) AS
       (hash(xor(hash(n::BIGINT), hash(tag || ${text(`:${seed}`)}))) >> 11)::DOUBLE / 9007199254740992.0`,
    // Box and Muller, 1958.
    `CREATE MACRO normal(n, tag) AS sqrt(-2 * ln(1 - u(n, tag || ' radius'))) * cos(2 * pi() * u(n, tag || ' angle'))`,
    'CREATE MACRO sigmoid(x) AS 1 / (1 + exp(-x))',
  ];
}

/** A value that is missing in one and a half of a hundred rows that may lack it. @param mayLack SQL condition */
export function orMissing(column: string, mayLack: string, key = 'n'): string {
  const isMissing = `${mayLack} AND u(${key}, ${text(`${column} missing`)}) < 0.015`;
  return `CASE WHEN NOT (${isMissing}) THEN "${column}" END AS "${column}"`;
}
