// API commands of the stand-in centre: where they come from, and those that every FreeSWITCH answers by itself (mod_commands.c).
import type { EventHeader, SwitchEvent } from '../switch-event.js';
import type { EventStamp } from './event-format.js';

/** API commands that something else brings: the call centre, channels. */
export interface ApiCommandSource {
  /** The text of the answer; undefined when the command is none of its own. */
  run(command: string, args: string): string | undefined | Promise<string | undefined>;
}

/** Sessions, as `status` and HEARTBEAT report them. */
export interface SwitchLoad {
  readonly sessions: number;
  readonly sessionsSinceStart: number;
  readonly sessionsPeak: number;
  readonly sessionsPerSecond: number;
  readonly sessionsPerSecondPeak: number;
  /** 0 to 100. */
  readonly idleCpu: number;
}

export interface SwitchVersion {
  /** `1.11.3-dev+git~20260821T141014Z~cc93a683ca~64bit` */
  readonly full: string;
  /** `1.11.3-dev git cc93a68 2026-08-21 14:10:14Z 64bit` */
  readonly human: string;
}

export interface BuiltInCommandsOptions {
  readonly stamp: EventStamp;
  readonly load?: () => SwitchLoad;
  readonly version?: SwitchVersion;
  /** Of `global_getvar`; added to `hostname` and `core_uuid`. */
  readonly globalVariables?: Readonly<Record<string, string>>;
}

const maxSessions = 5000;
const maxSessionsPerSecond = 2000;
const noLoad: SwitchLoad = {
  sessions: 0,
  sessionsSinceStart: 0,
  sessionsPeak: 0,
  sessionsPerSecond: 0,
  sessionsPerSecondPeak: 0,
  idleCpu: 100,
};
const ownVersion: SwitchVersion = {
  full: '1.11.3-dev+proffer~standin~64bit',
  human: '1.11.3-dev proffer stand-in 64bit',
};

const units = [
  ['year', 31_536_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
  ['millisecond', 1],
  ['microsecond', 0.001],
] as const;

/** `0 years, 0 days, 0 hours, 1 minute, 20 seconds, 49 milliseconds, 717 microseconds` */
export function uptimeText(ms: number): string {
  let rest = ms;
  const parts = units.map(([unit, length]) => {
    const count = unit === 'microsecond' ? Math.round(rest / length) : Math.floor(rest / length);
    rest -= count * length;
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  });
  return parts.join(', ');
}

/** `status`, `strepoch`, `reloadxml`, `version`, `global_getvar`; and the event HEARTBEAT, which says the same as `status`. */
export class BuiltInCommands implements ApiCommandSource {
  readonly #options: BuiltInCommandsOptions;
  readonly #version: SwitchVersion;

  constructor(options: BuiltInCommandsOptions) {
    this.#options = options;
    this.#version = options.version ?? ownVersion;
  }

  run(command: string, args: string): string | undefined {
    switch (command) {
      case 'status':
        return this.#status();
      case 'strepoch':
        return String(this.#options.stamp.epoch());
      case 'reloadxml':
        return '+OK [Success]\n';
      case 'version':
        return `FreeSWITCH Version ${this.#version.full} (${this.#version.human})\n`;
      case 'global_getvar':
        return this.#globalVariables(args);
      default:
        return undefined;
    }
  }

  heartbeat(): SwitchEvent {
    const load = this.#load();
    const uptimeMs = this.#options.stamp.uptimeMs();
    const headers: readonly EventHeader[] = [
      ['Event-Info', 'System Ready'],
      ['Up-Time', uptimeText(uptimeMs)],
      ['FreeSWITCH-Version', this.#version.full],
      ['Uptime-msec', String(Math.floor(uptimeMs))],
      ['Session-Count', String(load.sessions)],
      ['Max-Sessions', String(maxSessions)],
      ['Session-Per-Sec', String(maxSessionsPerSecond)],
      ['Session-Per-Sec-Last', String(load.sessionsPerSecond)],
      ['Session-Per-Sec-Max', String(load.sessionsPerSecondPeak)],
      ['Session-Per-Sec-FiveMin', String(load.sessionsPerSecondPeak)],
      ['Session-Since-Startup', String(load.sessionsSinceStart)],
      ['Session-Peak-Max', String(load.sessionsPeak)],
      ['Session-Peak-FiveMin', String(load.sessionsPeak)],
      ['Idle-CPU', load.idleCpu.toFixed(6)],
    ];
    const origin = 'switch_core.c:send_heartbeat:95';
    return { name: 'HEARTBEAT', subclass: undefined, origin, headers, body: '' };
  }

  #load(): SwitchLoad {
    return this.#options.load?.() ?? noLoad;
  }

  #status(): string {
    const load = this.#load();
    const peak = load.sessionsPerSecondPeak;
    return [
      `UP ${uptimeText(this.#options.stamp.uptimeMs())}`,
      `FreeSWITCH (Version ${this.#version.human}) is ready`,
      `${load.sessionsSinceStart} session(s) since startup`,
      `${load.sessions} session(s) - peak ${load.sessionsPeak}, last 5min ${load.sessionsPeak} `,
      `${load.sessionsPerSecond} session(s) per Sec out of max ${maxSessionsPerSecond}, peak ${peak}, last 5min ${peak} `,
      `${maxSessions} session(s) max`,
      `min idle cpu 0.00/${load.idleCpu.toFixed(2)}`,
      'Current Stack Size/Max 240K/8192K',
      '',
    ].join('\n');
  }

  #globalVariables(name: string): string {
    const { stamp, globalVariables = {} } = this.#options;
    const all: Readonly<Record<string, string>> = {
      hostname: stamp.hostname,
      core_uuid: stamp.coreUuid,
      ...globalVariables,
    };
    if (name !== '') return all[name] ?? '';
    return Object.entries(all)
      .map(([one, value]) => `${one}=${value}\n`)
      .join('');
  }
}
