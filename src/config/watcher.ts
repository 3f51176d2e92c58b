// Hot reload: a change to the files is checked in whole and swapped in, or refused while the old settings stay.
import { isDeepStrictEqual } from 'node:util';
import { TimerSet, TypedEmitter } from '../kernel/index.js';
import type { Clock } from '../kernel/index.js';
import type { SettingsResult } from './load.js';
import { formatProblem } from './problems.js';
import type { SettingsProblem } from './problems.js';
import { fieldsNeedingRestart } from './restart.js';
import { sectionNames, sections } from './sections.js';
import type { Settings } from './settings.js';
import { rememberedStamp } from './stamps.js';
import type { WatchedFiles } from './watched-files.js';

export interface SettingsChange {
  readonly settings: Settings;
  /** The files whose content means something else now, such as `offers.yaml`. */
  readonly files: readonly string[];
  /** Changed fields of proffer.yaml that wait for the next start, such as `sip.listen`. */
  readonly needRestart: readonly string[];
}

/** What one look at the files led to. */
export type ReloadOutcome =
  | ({ readonly kind: 'changed' } & SettingsChange)
  | { readonly kind: 'refused'; readonly problems: readonly SettingsProblem[] }
  | { readonly kind: 'unchanged' };

export interface SettingsEvents {
  changed: [change: SettingsChange];
  /** The old settings stay. */
  refused: [problems: readonly SettingsProblem[]];
  /** After a refusal, the files say again what is in use. */
  restored: [];
}

export interface SettingsWatcherOptions {
  /** The settings in use, as `loadSettings` returned them. */
  readonly settings: Settings;
  readonly files: WatchedFiles;
  readonly clock: Clock;
  readonly onListenerError: (error: unknown, event: keyof SettingsEvents) => void;
  /** Quiet time after an event before the files are read, in milliseconds. Default 200. */
  readonly debounceMs?: number;
  /** How often the files are looked at where no event comes (network file systems), in milliseconds. Default 5000. */
  readonly pollIntervalMs?: number;
}

type Cause = 'event' | 'poll' | 'request';

/** Holds the settings in use and keeps them up to date from `start` to `stop`. */
export class SettingsWatcher {
  readonly events: TypedEmitter<SettingsEvents>;
  readonly #files: WatchedFiles;
  readonly #timers: TimerSet;
  readonly #debounceMs: number;
  readonly #pollIntervalMs: number;
  #current: Settings;
  #signature: string | undefined;
  #refusal: string | undefined;
  #unwatch: (() => void) | undefined;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: SettingsWatcherOptions) {
    this.events = new TypedEmitter<SettingsEvents>(options.onListenerError);
    this.#files = options.files;
    this.#timers = new TimerSet(options.clock);
    this.#debounceMs = options.debounceMs ?? 200;
    this.#pollIntervalMs = options.pollIntervalMs ?? 5000;
    this.#current = options.settings;
    this.#signature = rememberedStamp(options.settings);
  }

  /** The settings in use. */
  get settings(): Settings {
    return this.#current;
  }

  /** Begins to watch. The first poll finds what changed between loading and now. */
  start(): void {
    this.#watch();
    this.#armPoll();
  }

  /** Ends watching; no event is emitted after it was called. */
  async stop(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#timers.cancelAll();
    await this.#work;
  }

  /** Reads the files now, changed or not (SIGHUP). Emits as any reload does. */
  reload(): Promise<ReloadOutcome> {
    return this.#enqueue('request');
  }

  /** Resolves when no check is under way. */
  async idle(): Promise<void> {
    await this.#work;
  }

  get #isStopped(): boolean {
    return this.#unwatch === undefined;
  }

  #watch(): void {
    this.#unwatch?.();
    this.#unwatch = this.#files.watch(() => this.#debounce());
  }

  /** An editor makes several events of one save, and people save several files one after the other. */
  #debounce(): void {
    this.#timers.start('settings-debounce', this.#debounceMs, () => void this.#enqueue('event'));
  }

  #armPoll(): void {
    this.#timers.start('settings-poll', this.#pollIntervalMs, () => {
      this.#armPoll();
      if (!this.#timers.has('settings-debounce')) void this.#enqueue('poll');
    });
  }

  #enqueue(cause: Cause): Promise<ReloadOutcome> {
    const next = this.#work.then(() => this.#check(cause));
    this.#work = next;
    return next;
  }

  async #check(cause: Cause): Promise<ReloadOutcome> {
    const before = await this.#files.signature();
    if (cause !== 'request' && (before === this.#signature || this.#isStopped)) return { kind: 'unchanged' };
    const result = await this.#files.load();
    if ((await this.#files.signature()) !== before && !this.#isStopped) {
      // Somebody is still writing: what was read may be half of one version and half of the next.
      this.#debounce();
      return { kind: 'unchanged' };
    }
    // A change that no event told of: the watch is blind, because the directory was replaced.
    if (cause === 'poll' && this.#signature !== undefined && !this.#isStopped) this.#watch();
    this.#signature = before;
    return this.#take(result, cause);
  }

  #take(result: SettingsResult, cause: Cause): ReloadOutcome {
    if (!result.ok) return this.#refuse(result.problems, cause);
    const wasRefused = this.#refusal !== undefined;
    this.#refusal = undefined;
    const before = this.#current;
    const after = result.settings;
    const changed = sectionNames.filter((name) => !isDeepStrictEqual(before[name], after[name]));
    if (changed.length === 0) {
      if (wasRefused) this.#emit(() => this.events.emit('restored'), cause);
      return { kind: 'unchanged' };
    }
    const change: SettingsChange = {
      settings: after,
      files: changed.map((name) => sections[name].file),
      needRestart: fieldsNeedingRestart(before, after),
    };
    this.#current = after;
    this.#emit(() => this.events.emit('changed', change), cause);
    return { kind: 'changed', ...change };
  }

  #refuse(problems: readonly SettingsProblem[], cause: Cause): ReloadOutcome {
    const refusal = problems.map(formatProblem).join('\n');
    const isNew = refusal !== this.#refusal;
    this.#refusal = refusal;
    if (isNew || cause === 'request') this.#emit(() => this.events.emit('refused', problems), cause);
    return { kind: 'refused', problems };
  }

  #emit(event: () => void, cause: Cause): void {
    if (cause === 'request' || !this.#isStopped) event();
  }
}
