// Requests of known scanners, told by their headers: what drachtio-server's <spammers> does.
import type { SipMessage } from '../message/sip-message.js';
import { canonicalHeaderName } from '../message/header-names.js';

/** `discard`: no answer, so that nobody learns that we are here; `reject`: 603, as drachtio-server answers. */
export type SpamAction = 'discard' | 'reject';

export interface SpammerRules {
  /** Default discard. */
  readonly action: SpamAction;
  /** In place of `action` over TCP and TLS, where the source is proved. */
  readonly streamAction?: SpamAction;
  /** Texts by header name; a header that has one of them anywhere, in any case, is a spammer's. None: nothing is one. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

/** Tools that look for open servers and guess passwords, by what they call themselves. */
export const knownScanners: readonly string[] = [
  'friendly-scanner',
  'friendly-request',
  'sipvicious',
  'sip-scan',
  'sipscan',
  'sundayddr',
  'sipcli',
  'sip-cli',
  'VaxSIPUserAgent',
  'VaxIPUserAgent',
  'pplsip',
  'sipptk',
  'siparmyknife',
];

export const defaultSpammerRules: SpammerRules = {
  action: 'discard',
  headers: { 'User-Agent': knownScanners, From: ['sipvicious'], To: ['sipvicious'] },
};

interface Rule {
  readonly name: string;
  readonly texts: readonly string[];
}

export class SpamFilter {
  readonly #rules: readonly Rule[];
  readonly #action: SpamAction;
  readonly #streamAction: SpamAction;

  constructor({ action, streamAction, headers }: SpammerRules) {
    this.#action = action;
    this.#streamAction = streamAction ?? action;
    this.#rules = Object.entries(headers)
      .map(([name, texts]) => ({
        name: canonicalHeaderName(name),
        texts: texts.filter((one) => one !== '').map((one) => one.toLowerCase()),
      }))
      .filter(({ texts }) => texts.length > 0);
  }

  /** What to do with a request, or undefined when no rule is about it. */
  judge(request: SipMessage, isStream: boolean): SpamAction | undefined {
    for (const { name, texts } of this.#rules) {
      const value = request.get(name)?.toLowerCase();
      if (value === undefined) continue;
      for (const text of texts) if (value.includes(text)) return isStream ? this.#streamAction : this.#action;
    }
    return undefined;
  }
}
