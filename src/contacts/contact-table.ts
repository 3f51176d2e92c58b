// The contacts that take events, in memory: bounded in number and in time.
import type { Clock, Timer } from '../kernel/index.js';
import type { OpenContact } from './open-contact.js';

export interface ContactTableOptions {
  readonly clock: Clock;
  /** A contact's time is over. */
  readonly onExpired: (contact: OpenContact) => void;
  /** Above it the oldest is forgotten, which the records still know. Default 50,000. */
  readonly maxContacts?: number;
}

const sweepMs = 30_000;
const defaultMaxContacts = 50_000;

export class ContactTable {
  readonly #options: ContactTableOptions;
  readonly #contacts = new Map<string, OpenContact>();
  #sweep: Timer | undefined;

  constructor(options: ContactTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#contacts.size;
  }

  get(contactId: string): OpenContact | undefined {
    return this.#contacts.get(contactId);
  }

  add(contact: OpenContact): void {
    const { maxContacts = defaultMaxContacts } = this.#options;
    const [oldest] = this.#contacts.keys();
    if (this.#contacts.size >= maxContacts && oldest !== undefined) this.#contacts.delete(oldest);
    this.#contacts.set(contact.facts.contactId, contact);
    this.#watch();
  }

  /** Ends the timer; what is open is told by nobody. */
  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }

  #watch(): void {
    if (this.#sweep !== undefined || this.#contacts.size === 0) return;
    const { clock, onExpired } = this.#options;
    this.#sweep = clock.after(sweepMs, 'contact-expiry', () => {
      this.#sweep = undefined;
      const now = clock.wallNow();
      for (const [id, contact] of this.#contacts) {
        if (contact.expiresAt > now) continue;
        this.#contacts.delete(id);
        onExpired(contact);
      }
      this.#watch();
    });
  }
}
