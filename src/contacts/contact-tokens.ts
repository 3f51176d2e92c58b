// Contact tokens: what a web page shows in place of an API key. A token is of one contact, lives as long as it, and is signed
// (HMAC-SHA256) with a key of this process or of PROFFER_API_TOKEN, so that no database is asked for it.
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

export interface TokenOf {
  readonly contactId: string;
  readonly partner: string;
  /** Wall clock, in milliseconds. */
  readonly expiresAt: number;
}

const prefix = 'ct_';
const maxLength = 512;

export class ContactTokens {
  readonly #key: Buffer;

  /** @param secret shared by the routers that are to take each other's tokens; without one tokens end with the process */
  constructor(secret: string | undefined) {
    this.#key =
      secret === undefined
        ? randomBytes(32)
        : Buffer.from(hkdfSync('sha256', secret, '', 'proffer contact tokens', 32));
  }

  sign({ contactId, partner, expiresAt }: TokenOf): string {
    const body = Buffer.from(JSON.stringify([contactId, partner, Math.floor(expiresAt / 1000)])).toString(
      'base64url',
    );
    return `${prefix}${body}.${this.#mac(body).toString('base64url')}`;
  }

  /** `expired` only of a token that was ours. */
  verify(token: string, wallNow: number): TokenOf | 'unknown' | 'expired' {
    if (!token.startsWith(prefix) || token.length > maxLength) return 'unknown';
    const [body = '', mac = ''] = token.slice(prefix.length).split('.');
    const wanted = this.#mac(body);
    const shown = Buffer.from(mac, 'base64url');
    if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return 'unknown';
    const [contactId, partner, seconds] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
      string,
      string,
      number,
    ];
    const expiresAt = seconds * 1000;
    return expiresAt <= wallNow ? 'expired' : { contactId, partner, expiresAt };
  }

  #mac(body: string): Buffer {
    return createHmac('sha256', this.#key).update(body).digest();
  }
}
