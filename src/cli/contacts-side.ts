// What a router process does with contacts that are not phone calls: the router's board, log and strategy store serve them too.
import type { Registry } from 'prom-client';
import type { CallRouter } from '../calls/index.js';
import type { Environment } from '../config/index.js';
import { contactsApi, embedApi } from '../console/index.js';
import type { ApiArea, ContactsOperations } from '../console/index.js';
import { ContactRouter, ContactTokens } from '../contacts/index.js';
import type { ContactState, RecordedContact } from '../contacts/index.js';
import { errorMessage } from '../kernel/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import type { RecordedWebContact } from '../records/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import type { RecordsSide } from './records-side.js';

export interface ContactsSideParts {
  readonly router: CallRouter;
  readonly store: StrategyStore;
  readonly records: RecordsSide | undefined;
  readonly environment: Pick<Environment, 'apiToken'>;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ContactsSide {
  readonly #contacts: ContactRouter;
  readonly #operations: ContactsOperations;

  constructor(parts: ContactsSideParts) {
    const { router, environment, clock } = parts;
    this.#contacts = contactRouter(parts);
    const tokens = new ContactTokens(environment.apiToken);
    const partners = () => router.settings.partners.partners;
    this.#operations = {
      create: (request) => this.#contacts.create(request),
      find: (contactId) => this.#contacts.find(contactId),
      event: (contactId, given) => this.#contacts.event(contactId, given),
      webOf: (partner) => partners().find((one) => one.partner === partner)?.web,
      origins: () => new Set(partners().flatMap(({ web }) => web?.origins ?? [])),
      sign: (contact) => tokens.sign(contact),
      verify: (token) => tokens.verify(token, clock.wallNow()),
      now: () => clock.wallNow(),
    };
  }

  get areas(): readonly ApiArea[] {
    return [contactsApi(this.#operations), embedApi(this.#operations)];
  }

  get part(): Part {
    return { name: 'contacts', start: () => undefined, stop: () => this.#contacts.stop() };
  }
}

function contactRouter({ router, store, records, registry, clock, log }: ContactsSideParts): ContactRouter {
  return new ContactRouter({
    clock,
    log,
    registry,
    store: store.reader,
    matcher: records?.matcher ?? store.digits,
    current: () => {
      const { settings, board } = router.plan;
      return { settings, board: board.snapshot(clock.now(), clock.wallNow()) };
    },
    // It ends by itself when its time is over: no feed tells of a chat.
    reserve: (destination, partner, contactId) => {
      router.plan.board.reserve(destination, partner, clock.now(), contactId);
    },
    lines: router.decisionLog,
    phonesOf: (partner, customer) =>
      records === undefined
        ? Promise.reject(new Error('there are no records'))
        : records.contacts.phonesOf(partner, customer),
    ...(records === undefined
      ? {}
      : { find: async (contactId: string) => recorded(await records.contacts.find(contactId)) }),
    learn: (partner, customer, entries) => {
      for (const entry of entries) {
        store.learned.add(partner, customer, entry, entry.until).catch((error: unknown) => {
          log.warn({ partner, reason: errorMessage(error) }, 'what a contact said is not learned at once');
        });
      }
    },
  });
}

function recorded(found: RecordedWebContact | undefined): RecordedContact | undefined {
  if (found === undefined) return undefined;
  const { exposure: _, result: _result, code, ...facts } = found;
  return {
    ...facts,
    customer: found.customer,
    offer: found.offer,
    presentation: found.presentation,
    failOpen: found.failOpen ?? [],
    state: stateOf(found),
    code,
  };
}

function stateOf({ exposure, result }: RecordedWebContact): ContactState {
  if (exposure === 'concluded') return result === 'accepted' ? 'accepted' : 'declined';
  if (exposure === 'confirmed') return 'presented';
  return exposure === 'released' ? 'left' : 'open';
}
