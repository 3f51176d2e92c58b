// `proffer check --live`: asks the event socket of every centre once, and shows who is there and what is missing.
import pc from 'picocolors';
import type { FeedStatus } from '../callcenter/index.js';
import type { Centre } from '../config/index.js';
import { CentreFeed } from '../freeswitch/index.js';
import type { WatchedCentre } from '../freeswitch/index.js';
import { silentLogger, systemClock } from '../kernel/index.js';
import { section } from './check-summary.js';

/** A feed says sooner that it cannot; this is for one that says nothing at all. */
const DEADLINE_MS = 15_000;

/** What was found at one centre. */
export interface LiveCentre {
  readonly centre: string;
  /** Undefined when the settings have no event socket. */
  readonly address: string | undefined;
  readonly state: FeedStatus['state'] | 'not-set';
  /** Why it cannot be used, with the fix. */
  readonly reason: string | undefined;
  readonly agentsLoggedIn: number;
  readonly agentsFree: number;
  readonly queuesFound: readonly string[];
  /** As they would be called there: `sales@default`. */
  readonly queuesMissing: readonly string[];
  readonly membersWaiting: number;
  readonly clockSkewMs: number | undefined;
}

/**
 * Connects to the event socket of every centre that has one, all at once, reads its tables, and leaves.
 * @param password FREESWITCH_ESL_SECRET
 */
export async function checkLive(
  centres: readonly Centre[],
  password: string,
): Promise<readonly LiveCentre[]> {
  return Promise.all(
    centres.map(async (centre) => {
      const queues = centre.queues.map((one) => one.queue);
      return centre.eventSocket === undefined ? notSet(centre) : askCentre({ centre, queues }, password);
    }),
  );
}

/** It is followed, and every queue exists; a centre without an event socket needs neither. */
export function isUsable({ state, queuesMissing }: LiveCentre): boolean {
  return state === 'not-set' || (state === 'live' && queuesMissing.length === 0);
}

/** @param columns width of the terminal; Infinity when the output is no terminal */
export function liveSummary(centres: readonly LiveCentre[], columns: number): string {
  const head = ['centre', 'event socket', 'state', 'agents', 'queues', 'waiting', 'clock'];
  const table = section('Live', { head, rows: centres.map(liveRow) }, columns);
  const problems = centres.flatMap(problemsOf).map((line) => `${pc.red('!')} ${line}`);
  return [table, ...(problems.length === 0 ? [] : ['', ...problems])].join('\n');
}

function liveRow(one: LiveCentre): readonly string[] {
  const { centre, address, state } = one;
  if (state === 'not-set') return [centre, '', pc.dim('not set'), '', '', '', ''];
  if (state !== 'live') return [centre, address ?? '', pc.red(state), '', '', '', ''];
  const found = one.queuesFound.length;
  return [
    centre,
    address ?? '',
    pc.green(state),
    `${one.agentsLoggedIn} logged in, ${one.agentsFree} free`,
    `${found} of ${found + one.queuesMissing.length}`,
    String(one.membersWaiting),
    clockText(one.clockSkewMs),
  ];
}

/** Within the half second that the question leaves open, a clock is right. */
function clockText(skewMs: number | undefined): string {
  if (skewMs === undefined) return '';
  if (Math.abs(skewMs) < 1000) return 'right';
  const seconds = Math.round(Math.abs(skewMs) / 1000).toLocaleString('en-US');
  return `${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

function problemsOf({ centre, state, reason, queuesMissing }: LiveCentre): readonly string[] {
  const why = reason === undefined ? [] : [`${centre}: ${reason}`];
  if (state !== 'live') return why;
  return [
    ...why,
    ...queuesMissing.map(
      (queue) =>
        `${centre}: there is no queue ${queue}: add it to callcenter.conf.xml, then fs_cli -x "callcenter_config queue load ${queue}"`,
    ),
  ];
}

function notSet({ centre }: Centre): LiveCentre {
  return { ...nothingKnown, centre, address: undefined, state: 'not-set', reason: undefined };
}

const nothingKnown = {
  agentsLoggedIn: 0,
  agentsFree: 0,
  queuesFound: [],
  queuesMissing: [],
  membersWaiting: 0,
  clockSkewMs: undefined,
} as const;

async function askCentre(watched: WatchedCentre, password: string): Promise<LiveCentre> {
  return new Promise((resolve) => {
    const settle = (): void => {
      deadline.cancel();
      setImmediate(() => {
        resolve(found(watched, feed));
        feed.close();
      });
    };
    const deadline = systemClock.after(DEADLINE_MS, 'check-live', settle);
    const feed = new CentreFeed(watched, {
      password,
      clock: systemClock,
      log: silentLogger,
      listener: {
        onReading: settle,
        onCallEvent: () => undefined,
        onStatus: ({ state }) => {
          if (state !== 'live') settle();
        },
      },
    });
    feed.start();
  });
}

function found({ centre }: WatchedCentre, feed: CentreFeed): LiveCentre {
  const { state, reason, clockSkewMs } = feed.status;
  const common = { centre: centre.centre, address: feed.address, state, reason };
  const { reading } = feed;
  if (reading === undefined) return { ...nothingKnown, ...common, reason: reason ?? 'no answer' };
  const agents = [...reading.agents.values()];
  const queues = [...reading.queues.values()];
  const domain = centre.eventSocket?.domain ?? '';
  return {
    ...common,
    agentsLoggedIn: agents.filter((one) => one.status !== 'Logged Out' && one.status !== 'unknown').length,
    agentsFree: agents.filter((one) => one.isFree).length,
    queuesFound: queues.map((one) => one.queue),
    queuesMissing: reading.missingQueues.map((queue) => `${queue}@${domain}`),
    membersWaiting: queues.reduce((sum, one) => sum + one.membersWaiting, 0),
    clockSkewMs,
  };
}
