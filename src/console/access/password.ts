// Passwords, as scrypt (RFC 7914) keeps them: $scrypt$ln=15,r=8,p=1$SALT$HASH, both in base64. The parameters of each hash stand in it.
import { randomBytes, randomInt, scrypt, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../kernel/index.js';

interface Cost {
  /** Logarithm of N to the base 2. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MB and some 80 ms a try. */
const presentCost: Cost = { ln: 15, r: 8, p: 1 };
/** The worst that is taken of a hash from elsewhere: 256 MB. */
const maxMemory = 256 * 1024 * 1024 + 65_536;
const hashBytes = 32;
const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+=*)\$([A-Za-z0-9+/]+=*)$/;

/** Thrown when more people log in at the same time than are worked on and wait. */
export class PasswordsBusyError extends AppError {
  constructor() {
    super('PASSWORDS_BUSY', 'too many people log in at the same time');
  }
}

export interface PasswordsOptions {
  /** Worked on at the same time, in threads of libuv, of which there are four. Default 2. */
  readonly atOnce?: number;
  /** Those that wait. Default 64. */
  readonly waiting?: number;
  /** Logarithm of N to the base 2 of new hashes. Default 15; less is for tests alone. */
  readonly ln?: number;
}

/** Hashes passwords and compares them, a few at a time, so that log-ins starve neither memory nor the threads that files need. */
export class Passwords {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  readonly #nobody: ReadHash;
  #working = 0;

  constructor({ atOnce = 2, waiting = 64, ln = presentCost.ln }: PasswordsOptions = {}) {
    this.#nobody = { cost: { ...presentCost, ln }, salt: randomBytes(16), hash: randomBytes(hashBytes) };
    this.#atOnce = atOnce;
    this.#mostWaiting = waiting;
  }

  /** @throws PasswordsBusyError */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const hash = await this.#derive(password, salt, this.#nobody.cost);
    const { ln, r, p } = this.#nobody.cost;
    return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64')}$${hash.toString('base64')}`;
  }

  /**
   * Does the password match? Takes as long for no hash (nobody of that name) and for one that cannot be read, and says no.
   * @throws PasswordsBusyError
   */
  async matches(password: string, stored: string | null): Promise<boolean> {
    const known = stored === null ? undefined : readHash(stored);
    const { cost, salt, hash } = known ?? this.#nobody;
    const found = await this.#derive(password, salt, cost);
    return timingSafeEqual(found, hash) && known !== undefined;
  }

  async #derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
    await this.#turn();
    try {
      return await new Promise((resolve, reject) => {
        // One form for what looks the same: NIST SP 800-63B 5.1.1.2.
        const text = password.normalize('NFKC');
        scrypt(text, salt, hashBytes, { N: 2 ** ln, r, p, maxmem: maxMemory }, (error, key) => {
          if (error === null) resolve(key);
          else reject(error);
        });
      });
    } finally {
      this.#working--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#working >= this.#atOnce) {
      if (this.#waiting.length >= this.#mostWaiting) throw new PasswordsBusyError();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#working++;
  }
}

interface ReadHash {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function readHash(text: string): ReadHash | undefined {
  const [, ln, r, p, salt = '', hash = ''] = pattern.exec(text) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const bytes = Buffer.from(hash, 'base64');
  const isUsable = cost.ln > 0 && cost.r > 0 && cost.p > 0 && 128 * 2 ** cost.ln * cost.r < maxMemory;
  if (!isUsable || bytes.length !== hashBytes) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), hash: bytes };
}

/** Without those that look alike. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to be given out, of some 79 random bits, such as `k7fw-9xqm-t3ha-bn6z`. */
export function oneTimePassword(): string {
  const part = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return [part(), part(), part(), part()].join('-');
}
