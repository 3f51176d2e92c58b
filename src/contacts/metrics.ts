import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ContactEvent, ContactMedium, EventAnswer } from './contact.js';

export class ContactMetrics {
  readonly #contacts: Counter<'medium' | 'offer' | 'arm'>;
  readonly #events: Counter<'event' | 'answer'>;
  readonly #seconds: Histogram;
  readonly #failedOpen: Counter<'reason'>;

  constructor(registry: Registry, open: () => number) {
    const registers = [registry];
    this.#contacts = new Counter({
      name: 'proffer_contacts_total',
      help: 'contacts that are not phone calls, by medium, offer and arm',
      labelNames: ['medium', 'offer', 'arm'],
      registers,
    });
    this.#events = new Counter({
      name: 'proffer_contact_events_total',
      help: 'events of contacts, by what they said and what was answered',
      labelNames: ['event', 'answer'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'proffer_contact_decision_seconds',
      help: 'time from a contact to its decision',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 2],
      registers,
    });
    this.#failedOpen = new Counter({
      name: 'proffer_contact_fail_open_total',
      help: 'contacts that were served in spite of a failure, by reason',
      labelNames: ['reason'],
      registers,
    });
    new Gauge({
      name: 'proffer_contacts_open',
      help: 'contacts in memory that take events',
      registers,
      collect() {
        this.set(open());
      },
    });
  }

  created(
    of: { readonly medium: ContactMedium; readonly offer: string; readonly arm: string },
    decisionMs: number,
    failOpen: readonly string[],
  ): void {
    this.#contacts.inc(of);
    this.#seconds.observe(decisionMs / 1000);
    for (const reason of failOpen) this.#failedOpen.inc({ reason });
  }

  event(event: ContactEvent, answer: EventAnswer['kind']): void {
    this.#events.inc({ event, answer });
  }
}
