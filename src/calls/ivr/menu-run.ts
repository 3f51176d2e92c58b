// One run of a menu on an IVR port: carries out what the table says, and ends whatever the caller, the centre or the menu does.
import type { Clock, Timer } from '../../kernel/index.js';
import type { CollectResult, IvrPort, PortGone } from '../../callcenter/index.js';
import { after, eventOfKey, startOf } from './menu-machine.js';
import type { MenuEffect, MenuEvent, MenuOutcome, MenuState, MenuTable } from './menu-machine.js';

export type MenuEnd =
  | {
      readonly kind: 'goto-queue';
      readonly to: 'sales' | 'service';
      readonly outcome: MenuOutcome | undefined;
      /** The menu took too long, and the call goes to plain service for that. */
      readonly isLimit: boolean;
    }
  | { readonly kind: 'hang-up'; readonly outcome: MenuOutcome | undefined }
  | {
      readonly kind: 'gone';
      readonly by: 'caller' | 'centre';
      readonly outcome: MenuOutcome | undefined;
    };

export interface MenuRunOptions {
  readonly table: MenuTable;
  readonly port: Pick<IvrPort, 'play' | 'collect'>;
  readonly clock: Clock;
  /** The first prompt starts. Called at most once. */
  readonly onPresenting: () => void;
  /** Called once, never from within the constructor. */
  readonly onEnd: (end: MenuEnd) => void;
}

/** Steps that one call may take: a menu may lead round by keys, and a machine may press them without end. */
export const maxSteps = 500;

export class MenuRun {
  readonly #options: MenuRunOptions;
  readonly #limit: Timer;
  #state: MenuState | undefined;
  #steps = 0;
  #isPresenting = false;
  #isOver = false;

  constructor(options: MenuRunOptions) {
    this.#options = options;
    const { table, clock } = options;
    this.#state = startOf(table);
    this.#limit = clock.after(table.maxSeconds * 1000, 'ivr-menu', () => this.#limited());
    // A port that breaks its promise is as good as gone.
    this.#run().catch(() => this.gone('centre'));
  }

  /** The caller hung up, or the port is gone: told by whoever holds the dialog and the port. */
  gone(by: 'caller' | 'centre'): void {
    this.#end({ kind: 'gone', by, outcome: this.#state?.outcome });
  }

  /** Ends without telling. */
  stop(): void {
    this.#isOver = true;
    this.#limit.cancel();
  }

  async #run(): Promise<void> {
    // So that whoever started the run knows it before it ends.
    await Promise.resolve();
    while (!this.#isOver) {
      const state = this.#state;
      // Without a state when the table names a step that it does not have; a checking loader lets none through.
      if (state === undefined || ++this.#steps > maxSteps) {
        this.#limited();
        return;
      }
      const event = await this.#eventAt(state);
      if (event === undefined) return;
      this.#state = after(this.#options.table, state, event);
    }
  }

  /** Carries the step out; undefined when it ended the run. */
  async #eventAt(state: MenuState): Promise<MenuEvent | undefined> {
    const { effect } = state.row;
    switch (effect.kind) {
      case 'play':
        return this.#play(effect);
      case 'ask':
        return this.#ask(state, effect);
      case 'goto-queue':
        this.#end({ kind: 'goto-queue', to: effect.to, outcome: state.outcome, isLimit: false });
        return undefined;
      case 'hang-up':
        this.#end({ kind: 'hang-up', outcome: state.outcome });
        return undefined;
    }
  }

  async #play({ prompts, bargeIn }: Extract<MenuEffect, { kind: 'play' }>): Promise<MenuEvent | undefined> {
    this.#presenting(prompts);
    const result = await this.#options.port.play({ prompts, bargeIn });
    if (result.kind !== 'gone') return 'played';
    this.gone('centre');
    return undefined;
  }

  async #ask(
    state: MenuState,
    { prompts, bargeIn, timeoutMs }: Extract<MenuEffect, { kind: 'ask' }>,
  ): Promise<MenuEvent | undefined> {
    const said = state.isAfterInvalid ? [...state.row.invalidPrompts, ...prompts] : prompts;
    this.#presenting(said);
    const oneKey = { minDigits: 1, maxDigits: 1, terminators: '', timeoutMs, interDigitTimeoutMs: timeoutMs };
    const result = await this.#options.port.collect({ prompts: said, bargeIn, ...oneKey });
    if (result.kind === 'gone') {
      this.gone('centre');
      return undefined;
    }
    const key = keyOf(result);
    return key === undefined ? 'timeout' : eventOfKey(state, key);
  }

  #presenting(prompts: readonly string[]): void {
    if (this.#isPresenting || prompts.length === 0) return;
    this.#isPresenting = true;
    this.#options.onPresenting();
  }

  #limited(): void {
    const outcome = this.#state?.outcome;
    this.#end({ kind: 'goto-queue', to: 'service', outcome, isLimit: true });
  }

  #end(end: MenuEnd): void {
    if (this.#isOver) return;
    this.stop();
    this.#options.onEnd(end);
  }
}

/** The one key of an entry; undefined when none was pressed. */
function keyOf(result: Exclude<CollectResult, PortGone>): string | undefined {
  if (result.kind === 'timeout') return undefined;
  const key = result.digits.slice(0, 1);
  return key === '' ? result.terminator : key;
}
