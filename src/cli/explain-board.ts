// The board of a dry run: everything up and free, or what a file or a request says of it.
import { readFileSync } from 'node:fs';
import { BoardBuilder } from '../callcenter/index.js';
import { AppError, errorMessage } from '../kernel/index.js';
import type { Board, Destination, DestinationState } from '../callcenter/index.js';

/** Thrown when the file of `--board` cannot be read or says something that no board can. */
export class BoardFileError extends AppError {
  constructor(file: string, problem: string, cause?: unknown) {
    super('CLI_BOARD_FILE', `${file}: ${problem}`, { fields: { file }, cause });
  }
}

const counts = ['servers', 'freeServers', 'membersWaiting'] as const;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Makes the error for a place of the board and what is wrong there. */
export type Refused = (problem: string) => Error;

/** What somebody says of a board, checked against the destinations there are. */
class ChosenBoard {
  readonly #refused: Refused;
  readonly #destinations: readonly Destination[];

  constructor(destinations: readonly Destination[], refused: Refused) {
    this.#destinations = destinations;
    this.#refused = refused;
  }

  centres(value: unknown): Map<string, boolean> {
    const known = new Set(this.#destinations.map((one) => one.centre));
    return new Map(
      this.#entries('centres', value).map(([centre, isUp]) => {
        if (!known.has(centre))
          throw this.#refused(`centres.${centre}: no such centre; there are ${[...known].join(', ')}`);
        if (typeof isUp !== 'boolean')
          throw this.#refused(`centres.${centre}: must be true (up) or false (down)`);
        return [centre, isUp];
      }),
    );
  }

  destinations(value: unknown): Map<string, Partial<DestinationState>> {
    const known = new Set(this.#destinations.map((one) => one.id));
    return new Map(
      this.#entries('destinations', value).map(([id, state]) => {
        const at = `destinations.${id}`;
        if (!known.has(id)) throw this.#refused(`${at}: no such destination; proffer check lists them`);
        for (const [key, count] of this.#entries(at, state)) {
          if (key === 'portsInUse' && isObject(count)) continue;
          if (key === 'handlingTimeSeconds') {
            if (typeof count === 'number' && count > 0) continue;
            throw this.#refused(`${at}.${key}: must be a number of seconds above 0`);
          }
          if (!counts.some((one) => one === key))
            throw this.#refused(
              `${at}.${key}: is none of ${counts.join(', ')}, handlingTimeSeconds, portsInUse`,
            );
          if (!Number.isInteger(count) || Number(count) < 0)
            throw this.#refused(`${at}.${key}: must be a whole number from 0`);
        }
        return [id, state as Partial<DestinationState>];
      }),
    );
  }

  onlyKeys(content: Record<string, unknown>, allowed: readonly string[]): void {
    for (const key of Object.keys(content)) {
      if (!allowed.includes(key)) throw this.#refused(`${key}: is none of ${allowed.join(', ')}`);
    }
  }

  #entries(at: string, value: unknown): [string, unknown][] {
    if (value === undefined) return [];
    if (!isObject(value)) throw this.#refused(`${at}: must be an object`);
    return Object.entries(value);
  }
}

function readBoardFile(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isObject(content)) return content;
  } catch (error) {
    throw new BoardFileError(file, errorMessage(error), error);
  }
  throw new BoardFileError(file, 'is not a JSON object such as {"centres": {"west": false}}');
}

function allUp(destinations: readonly Destination[]): BoardBuilder {
  const builder = new BoardBuilder(destinations);
  for (const { centre } of destinations) builder.setCentreHealth(centre, true);
  return builder;
}

export interface BoardTimes {
  /** Clock.now() that the board is taken at. */
  readonly now: number;
  /** Milliseconds since the Unix epoch. */
  readonly wallNow: number;
}

/** Every centre up, every agent and port free. */
export function allUpBoard(destinations: readonly Destination[], { now, wallNow }: BoardTimes): Board {
  return allUp(destinations).snapshot(now, wallNow);
}

/**
 * @param content `{"centres": {"west": false}, "destinations": {"east/acme-sales": {"freeServers": 0}}}`; what it does not name is up
 * and free
 * @throws what `refused` makes
 */
export function chosenBoard(
  content: Record<string, unknown>,
  destinations: readonly Destination[],
  { now, wallNow }: BoardTimes,
  refused: Refused,
): Board {
  const chosen = new ChosenBoard(destinations, refused);
  const builder = allUp(destinations);
  chosen.onlyKeys(content, ['centres', 'destinations']);
  for (const [centre, isUp] of chosen.centres(content['centres'])) builder.setCentreHealth(centre, isUp);
  const states = chosen.destinations(content['destinations']);
  const board = builder.snapshot(now, wallNow);
  return {
    ...board,
    states: board.states.map((state, i) => ({ ...state, ...states.get(destinations[i]?.id ?? '') })),
  };
}

/**
 * @param source `all-up`, or a JSON file as `chosenBoard` reads it
 * @throws BoardFileError
 */
export function boardFrom(source: string, destinations: readonly Destination[], wallNow: number): Board {
  const times = { now: 0, wallNow };
  if (source === 'all-up') return allUpBoard(destinations, times);
  const refused = (problem: string): Error => new BoardFileError(source, problem);
  return chosenBoard(readBoardFile(source), destinations, times, refused);
}
