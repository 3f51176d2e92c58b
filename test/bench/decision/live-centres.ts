// Centres whose agents come and go. Readings are made before the clock runs: what is timed is the board's part alone.
import { BoardBuilder, compileDestinations } from '../../../src/callcenter/index.js';
import { centre, queue, settingsOf } from '../../decision/call-centre.js';
import { FedCentre } from '../../callcenter/centre-readings.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';
import type { Board, CentreReading, Destination } from '../../../src/callcenter/index.js';

/** Calls between two events of agents. */
const callsAnEvent = 3;
/** Calls until the feed sees a call that was sent. */
const callsToArrive = 40;

export interface LiveOptions {
  /** Of all centres together. */
  readonly agents: number;
  readonly queuesOfAgent: number;
  readonly random: () => number;
}

/** A centre in which four agents of five are busy and members wait here and there. */
function populated(name: string, queues: readonly string[], options: LiveOptions): FedCentre {
  const { agents, queuesOfAgent, random } = options;
  const feed = new FedCentre(name, queues);
  for (let agent = 0; agent < agents; agent++) {
    const first = Math.floor(random() * queues.length);
    const serves = Array.from({ length: queuesOfAgent }, (_, i) => queues[(first + i * 3) % queues.length]!);
    feed.agent(`${name}-${agent}`, [...new Set(serves)], { isFree: random() < 0.2 });
  }
  for (const one of queues) {
    const membersWaiting = random() < 0.3 ? Math.floor(random() * 4) : 0;
    feed.queue(one, { membersWaiting, handlingTimeSeconds: 180 + 120 * random() });
  }
  return feed;
}

/** The reading after an event of one agent: gets free, or busy. */
function readingAfterEvent(
  feeds: readonly FedCentre[],
  agentsOfEach: number,
  random: () => number,
): CentreReading {
  const feed = feeds[Math.floor(random() * feeds.length)]!;
  feed.setFree(`${feed.centre}-${Math.floor(random() * agentsOfEach)}`, random() < 0.2);
  return feed.reading(0);
}

/** A call, and what the feeds told since the one before. */
export interface LiveCall {
  readonly number: number;
  readonly reading: CentreReading | undefined;
}

export class LiveCentres {
  readonly #builder: BoardBuilder;
  readonly #feeds: readonly FedCentre[];
  readonly #options: LiveOptions;
  readonly #ids: readonly string[];

  constructor(destinations: readonly Destination[], options: LiveOptions) {
    const names = [...new Set(destinations.map((one) => one.centre))];
    this.#options = options;
    this.#feeds = names.map((name) => {
      const queues = destinations.filter((one) => one.centre === name).map((one) => one.id.split('/')[1]!);
      return populated(name, queues, { ...options, agents: options.agents / names.length });
    });
    this.#ids = destinations.map(({ id }) => id);
    this.#builder = new BoardBuilder(destinations, {
      feeds: new Map(names.map((name) => [name, { staleAfterMs: 1e9 }])),
    });
    for (const name of names) this.#builder.setCentreHealth(name, true);
    for (const feed of this.#feeds) this.#builder.applyReading(feed.reading(0));
  }

  call(number: number): LiveCall {
    const { agents, random } = this.#options;
    const isEvent = number % callsAnEvent === 0;
    const agentsOfEach = agents / this.#feeds.length;
    return { number, reading: isEvent ? readingAfterEvent(this.#feeds, agentsOfEach, random) : undefined };
  }

  /** Hears what the feeds tell, of a call that arrived among it; sends this one on its way, and has the board for the next. */
  boardAfter({ number, reading }: LiveCall): Board {
    if (reading !== undefined) this.#builder.applyReading(reading);
    this.#builder.memberSeen(`d-${number - callsToArrive}`);
    this.#builder.reserve(this.#ids[(number * 17) % this.#ids.length]!, 'acme', 0, `d-${number}`);
    return this.#builder.snapshot(0, 0);
  }
}

/** A great centre: the reading after an event of one agent, and the board from it. */
export function greatCentre(size: {
  readonly agents: number;
  readonly queues: number;
  readonly queuesOfAgent: number;
}): { readonly reading: () => CentreReading; readonly boardAfter: (reading: CentreReading) => Board } {
  const random = seededRandom(3);
  const queues = Array.from({ length: size.queues }, (_, i) => `queue${i}`);
  const feed = populated('east', queues, { ...size, random });
  const settings = settingsOf({
    centres: [
      centre(
        'east',
        queues.map((name) => queue(name)),
      ),
    ],
    offers: [],
  });
  const feeds = new Map([['east', { staleAfterMs: 1e9 }]]);
  const builder = new BoardBuilder(compileDestinations(settings), { feeds });
  return {
    reading: () => readingAfterEvent([feed], size.agents, random),
    boardAfter: (reading) => {
      builder.applyReading(reading);
      return builder.snapshot(0, 0);
    },
  };
}
