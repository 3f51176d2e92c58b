// One identification by digits on an IVR port: asks for the account number and the secret, matches them, a bounded number of times.
// Both are asked for whatever the first was, and what is said is the same whichever was wrong.
import { mask } from '../../kernel/index.js';
import type { Clock, Logger, Timer } from '../../kernel/index.js';
import type { CollectResult, IvrPort, Prompt } from '../../callcenter/index.js';
import type { IdentificationSettings } from '../../config/index.js';
import type { CtiPairs, DigitsMatch, DigitsMatcher, StrategyLookup } from '../../offers/index.js';
import type { TryLimits } from './try-limits.js';

export type DigitsEnd =
  /** `verified`: the secret was right; `claimed`: the account is there, and that is all that is known. */
  | {
      readonly kind: 'identified';
      readonly confidence: 'verified' | 'claimed';
      readonly lookup: StrategyLookup;
      readonly pairs?: CtiPairs;
    }
  | { readonly kind: 'not-identified'; readonly reason: 'no-match' | 'blocked' | 'timeout' | 'failure' }
  | { readonly kind: 'gone'; readonly by: 'caller' | 'centre' };

export interface DigitsRunOptions {
  readonly settings: IdentificationSettings;
  readonly partner: string;
  /** E.164; undefined for a caller without a number. */
  readonly caller: string | undefined;
  readonly port: Pick<IvrPort, 'collect'>;
  readonly matcher: DigitsMatcher;
  readonly limits: TryLimits;
  readonly clock: Clock;
  /** A child with callId and decisionId. */
  readonly log: Logger;
  /** Called once, never from within the constructor. */
  readonly onEnd: (end: DigitsEnd) => void;
}

/** How long the matcher may take, in milliseconds; the caller hears nothing meanwhile. */
export const matchDeadlineMs = 3000;
/** However long the prompts are and however slowly digits come, service is reached after this. */
export const digitsLimitMs = 180_000;

interface Entered {
  readonly account: string;
  readonly secret: string;
}

/** What one try led to. `silence`: nothing was entered; `wrong`: no digits that could be right, or too many tries. */
type Try = DigitsMatch | { readonly kind: 'silence' } | { readonly kind: 'wrong' };

export class DigitsRun {
  readonly #options: DigitsRunOptions;
  readonly #limit: Timer;
  /** The matcher is waited for. */
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(options: DigitsRunOptions) {
    this.#options = options;
    this.#limit = options.clock.after(digitsLimitMs, 'ivr-digits', () =>
      this.#end({ kind: 'not-identified', reason: 'timeout' }),
    );
    // A port that breaks its promise is as good as gone.
    this.#run().catch(() => this.gone('centre'));
  }

  gone(by: 'caller' | 'centre'): void {
    this.#end({ kind: 'gone', by });
  }

  async #run(): Promise<void> {
    const { settings } = this.#options;
    let claimed: Extract<DigitsMatch, { kind: 'account' }> | undefined;
    let last: Try = { kind: 'silence' };
    for (let tried = 0; tried < settings.tries && !this.#isOver; tried++) {
      const isAgain = tried > 0 && last.kind !== 'silence';
      const entered = await this.#ask(isAgain ? settings.invalidPrompts : []);
      last = entered === undefined ? { kind: 'silence' } : await this.#match(entered);
      if (last.kind === 'person') {
        this.#end({ ...known(last), confidence: 'verified' });
        return;
      }
      if (last.kind === 'failure') break;
      claimed = last.kind === 'account' ? last : undefined;
    }
    this.#end(claimed === undefined ? notIdentified(last) : { ...known(claimed), confidence: 'claimed' });
  }

  /** Undefined when nothing was entered, or when the run is over. */
  async #ask(ahead: readonly Prompt[]): Promise<Entered | undefined> {
    const { account, secret } = this.#options.settings;
    const first = await this.#collect([...ahead, ...account.prompts], account);
    if (first === undefined || this.#isGone()) return undefined;
    const second = await this.#collect(secret.prompts, secret);
    // Who is gone by now tries nothing.
    return second === undefined || this.#isGone() ? undefined : { account: first, secret: second };
  }

  async #collect(
    prompts: readonly Prompt[],
    { minDigits, maxDigits }: IdentificationSettings['account'],
  ): Promise<string | undefined> {
    const { port, settings } = this.#options;
    const { timeoutMs, interDigitTimeoutMs } = settings;
    const wanted = { minDigits, maxDigits, terminators: '#', timeoutMs, interDigitTimeoutMs };
    const result: CollectResult = await port.collect({ prompts, bargeIn: true, ...wanted });
    if (result.kind === 'gone') this.gone('centre');
    return result.kind === 'digits' ? result.digits : undefined;
  }

  async #match(entered: Entered): Promise<Try> {
    const { partner, caller, limits, log } = this.#options;
    const { account } = entered;
    if (!this.#canBeRight(entered)) return { kind: 'wrong' };
    if (!limits.take({ partner, caller, account })) {
      log.info({ accountNumber: mask(account) }, 'too many tries to identify by digits');
      return { kind: 'blocked', reason: 'too-many-tries' };
    }
    const match = await this.#matchInTime(entered);
    if (match.kind === 'person') limits.succeeded({ partner, account });
    log.debug({ accountNumber: mask(account), match: match.kind }, 'digits matched');
    return match;
  }

  #canBeRight({ account, secret }: Entered): boolean {
    const { settings } = this.#options;
    return isEntry(account, settings.account) && isEntry(secret, settings.secret);
  }

  #matchInTime({ account, secret }: Entered): Promise<DigitsMatch> {
    const { matcher, clock, partner, caller } = this.#options;
    return new Promise((resolve) => {
      this.#deadline = clock.after(matchDeadlineMs, 'ivr-match', () =>
        resolve({ kind: 'failure', reason: 'too late' }),
      );
      const settle = (match: DigitsMatch): void => {
        this.#deadline?.cancel();
        resolve(match);
      };
      matcher
        .match(partner, account, secret, caller)
        .then(settle, () => settle({ kind: 'failure', reason: 'rejected' }));
    });
  }

  /** Asked anew after each wait. */
  #isGone(): boolean {
    return this.#isOver;
  }

  #end(end: DigitsEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#limit.cancel();
    this.#deadline?.cancel();
    this.#options.onEnd(end);
  }
}

function isEntry(digits: string, { minDigits, maxDigits }: IdentificationSettings['account']): boolean {
  return digits.length >= minDigits && digits.length <= maxDigits && /^\d+$/.test(digits);
}

function known({ lookup, pairs }: Extract<DigitsMatch, { kind: 'person' | 'account' }>) {
  return { kind: 'identified' as const, lookup, ...(pairs === undefined ? {} : { pairs }) };
}

function notIdentified(last: Try): DigitsEnd {
  if (last.kind === 'silence') return { kind: 'not-identified', reason: 'timeout' };
  if (last.kind === 'failure' || last.kind === 'blocked')
    return { kind: 'not-identified', reason: last.kind };
  return { kind: 'not-identified', reason: 'no-match' };
}
