// What a caller enters, over several applications of the centre: a key that stopped a prompt belongs to the next entry.
import type { CollectRequest, CollectResult } from '../../callcenter/index.js';

export const allKeys = '0123456789*#ABCD';

type EntryRules = Pick<CollectRequest, 'minDigits' | 'maxDigits' | 'terminators'>;

export type KnownDigits =
  | { readonly isComplete: true; readonly result: CollectResult }
  | { readonly isComplete: false; readonly digits: string };

export class DigitEntry {
  #early = '';

  get hasEarly(): boolean {
    return this.#early !== '';
  }

  /** A key while nothing was collected. */
  pressed(key: string): void {
    this.#early += onlyKeys(key);
  }

  /** Takes the keys that were pressed before; complete when they are a whole entry. */
  take(rules: EntryRules): KnownDigits {
    const early = this.#early;
    this.#early = '';
    const end = endOf(early, rules);
    if (end === undefined) return { isComplete: false, digits: early };
    return { isComplete: true, result: this.finish(rules, early, '') };
  }

  /**
   * The result of an entry; what is beyond its end is kept for the next.
   * @param terminator as the centre told it; '' when none ended it, or it is among the digits
   */
  finish(rules: EntryRules, entered: string, terminator: string): CollectResult {
    const keys = onlyKeys(entered);
    const end = endOf(keys, rules);
    if (end !== undefined) {
      const key = keys[end];
      const hasTerminator = key !== undefined && rules.terminators.includes(key);
      this.#early += keys.slice(hasTerminator ? end + 1 : end);
      return { kind: 'digits', digits: keys.slice(0, end), terminator: hasTerminator ? key : undefined };
    }
    const ended = onlyKeys(terminator);
    if (ended !== '' && rules.terminators.includes(ended))
      return { kind: 'digits', digits: keys, terminator: ended };
    if (keys !== '' && keys.length >= rules.minDigits)
      return { kind: 'digits', digits: keys, terminator: undefined };
    return { kind: 'timeout' };
  }
}

/** Where an entry ends: at its first terminator, or when it has all its digits; undefined when more may come. */
function endOf(keys: string, { maxDigits, terminators }: EntryRules): number | undefined {
  for (let at = 0; at < keys.length && at < maxDigits; at++) {
    if (terminators.includes(keys.charAt(at))) return at;
  }
  return keys.length >= maxDigits ? maxDigits : undefined;
}

function onlyKeys(text: string): string {
  return text.replaceAll(/[^0-9*#A-D]/g, '');
}
