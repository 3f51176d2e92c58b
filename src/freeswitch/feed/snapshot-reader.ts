// Reads the tables of a centre over its event socket, one command after the other; nothing is put to use before all have come.
import type { CommandReply } from '../event-socket/connection.js';
import type { CentreModel, CentreSnapshot } from './centre-model.js';
import type { AgentRow } from './agent-table.js';
import type { CentreNames } from './centre-names.js';
import { CentreRows, parseChannels } from './centre-rows.js';
import type { Channels, Read } from './centre-rows.js';
import type { CentreTime } from './centre-time.js';
import type { MemberRow } from './member-table.js';
import type { Moment } from './moment.js';
import type { QueueRow } from './queue-state.js';

/** More channels than this are not listed (some 900 bytes each): ports in use stay unknown. */
const MAX_CHANNELS = 2000;
/** The list of channels is written later than the members are: a member that joined within this time counts without a channel. */
const CHANNEL_GRACE_MS = 60_000;

export interface SnapshotReaderOptions {
  readonly send: (command: string, onReply: (reply: CommandReply) => void) => void;
  readonly model: CentreModel;
  readonly names: CentreNames;
  readonly time: CentreTime;
  /** Queues that are looked at. */
  readonly queues: readonly string[];
  /** Dialled numbers whose calls occupy ports. */
  readonly programs: readonly string[];
}

export type SnapshotResult =
  | {
      readonly kind: 'read';
      readonly snapshot: CentreSnapshot;
      /** Rows that were not understood. */
      readonly malformed: number;
      /** 1 when there were too many channels to list. */
      readonly overflow: number;
    }
  | { readonly kind: 'no-callcenter' }
  | { readonly kind: 'lost' };

interface Step {
  readonly command: string;
  readonly take: (
    reply: CommandReply & { readonly kind: 'ok' | 'refused' },
    asked: Moment,
  ) => SnapshotResult | undefined;
}

/** One reading of the tables. */
export class SnapshotReader {
  readonly #options: SnapshotReaderOptions;
  readonly #rows: CentreRows;
  readonly #onDone: (result: SnapshotResult) => void;
  readonly #steps: Step[];
  #agentList = '';
  #agents: readonly AgentRow[] = [];
  #agentsAsked: Moment = { now: 0, heard: 0 };
  #queues: readonly QueueRow[] = [];
  readonly #members: CentreSnapshot['members'][number][] = [];
  #channels: Channels | undefined;
  #malformed = 0;
  #overflow = 0;

  constructor(options: SnapshotReaderOptions, onDone: (result: SnapshotResult) => void) {
    this.#options = options;
    this.#rows = new CentreRows(options.names, options.time);
    this.#onDone = onDone;
    this.#steps = [...this.#coreSteps(), ...this.#centreSteps(), ...this.#channelSteps()];
    this.#next();
  }

  #next(): void {
    const step = this.#steps.shift();
    if (step === undefined) {
      this.#onDone(this.#result());
      return;
    }
    const asked = this.#options.model.moment;
    this.#options.send(`api ${step.command}`, (reply) => {
      const end = reply.kind === 'lost' ? ({ kind: 'lost' } as const) : step.take(reply, asked);
      if (end === undefined) this.#next();
      else this.#onDone(end);
    });
  }

  /** Which run of FreeSWITCH this is, before its tables are compared with what is known. */
  #coreSteps(): Step[] {
    return [
      {
        command: 'global_getvar core_uuid',
        take: ({ text }) => {
          const uuid = text.trim();
          if (/^[\da-f-]{36}$/i.test(uuid)) this.#options.model.meetCore(uuid);
          return undefined;
        },
      },
    ];
  }

  #centreSteps(): Step[] {
    return [
      {
        command: 'callcenter_config agent list',
        take: ({ kind, text }, asked) => {
          if (kind === 'refused') return { kind: 'no-callcenter' };
          this.#agentList = text;
          this.#agentsAsked = asked;
          return undefined;
        },
      },
      {
        command: 'callcenter_config tier list',
        take: ({ text }) => {
          this.#agents = this.#counted(this.#rows.agents(this.#agentList, text));
          return undefined;
        },
      },
      {
        command: 'callcenter_config queue list',
        take: ({ text }) => {
          this.#queues = this.#counted(this.#rows.queues(text));
          const isThere = new Set(this.#queues.map((row) => row.queue));
          this.#steps.unshift(
            ...this.#options.queues.filter((one) => isThere.has(one)).map((one) => this.#memberStep(one)),
          );
          return undefined;
        },
      },
    ];
  }

  #memberStep(queue: string): Step {
    return {
      command: `callcenter_config queue list members ${this.#options.names.nameOf(queue)}`,
      take: ({ kind, text }, asked) => {
        if (kind === 'ok')
          this.#members.push({ queue, rows: this.#counted(this.#rows.members(text)), asked });
        return undefined;
      },
    };
  }

  #channelSteps(): Step[] {
    const list: Step = {
      command: 'show channels as json',
      take: ({ text }) => {
        this.#channels = parseChannels(text);
        if (this.#channels === undefined) this.#malformed++;
        return undefined;
      },
    };
    const count: Step = {
      command: 'show channels count',
      take: ({ text }) => {
        if (Number(/(\d+) total/.exec(text)?.[1] ?? 0) <= MAX_CHANNELS) this.#steps.push(list);
        else this.#overflow = 1;
        return undefined;
      },
    };
    return [count];
  }

  #counted<T>({ rows, malformed }: Read<T>): readonly T[] {
    this.#malformed += malformed;
    return rows;
  }

  #result(): SnapshotResult {
    const channels = this.#channels;
    // A row whose channel is gone is left over: mod_callcenter does not always notice (freeswitch#1973).
    const oldestYoung = this.#options.model.moment.now - CHANNEL_GRACE_MS;
    const isLive = (row: MemberRow): boolean =>
      channels?.uuids.has(row.sessionUuid) !== false || row.joinedAt > oldestYoung;
    const snapshot = {
      agents: this.#agents,
      agentsAsked: this.#agentsAsked,
      queues: this.#queues,
      members: this.#members.map((one) => ({ ...one, rows: one.rows.filter(isLive) })),
      portsInUse: channels === undefined ? undefined : this.#ports(channels),
    };
    return { kind: 'read', snapshot, malformed: this.#malformed, overflow: this.#overflow };
  }

  #ports({ inboundByDestination }: Channels): ReadonlyMap<string, number> {
    return new Map(
      this.#options.programs.map((program) => [program, inboundByDestination.get(program) ?? 0]),
    );
  }
}
