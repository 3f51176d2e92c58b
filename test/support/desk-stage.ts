// The agent desktop over a live link that a test drives, and answers of the API that it can change.
import type { Test } from 'tap';
import { everyRole } from '../../src/console/access/principal.js';
import type { ApiArea } from '../../src/console/api-area.js';
import type { DeskAgent, DeskCall, DeskState } from '../../src/console/live/desk-state.js';
import { LiveHub } from '../../src/console/live/hub.js';
import { liveSocketApi } from '../../src/console/live/live-socket-api.js';
import type { LiveTopic, TopicSink } from '../../src/console/live/topic.js';
import { offerPagesApi } from '../../src/console/offer-pages/offer-pages-api.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { OfferPageFiles } from '../../src/config/offer-pages/offer-page-files.js';
import { serveConsole } from './console-stage.js';
import type { ConsoleStage, Person } from './console-stage.js';

export const annTheAgent: Person = {
  kind: 'person',
  agent: 'ann',
  name: 'Ann Archer',
  role: 'agent',
  partners: ['acme'],
  centreAgents: ['east/ann'],
  session: 'session-of-the-test',
};

export const annAtEast: DeskAgent = {
  centre: 'east',
  agent: 'ann',
  status: 'Available',
  state: 'Waiting',
  since: Date.now(),
  change: undefined,
};

const offerOnDesk = (offer: string, name: string) => ({
  offer,
  name,
  url: `https://scripts.example.com/${offer}`,
  hasPage: true,
});

/** A caller of Acme Bank, with a sales offer. */
export function deskCall(changes: Partial<DeskCall> = {}): DeskCall {
  return {
    decisionId: 'd-1',
    session: 'session-1',
    state: 'ringing',
    since: Date.now() - 4000,
    isStale: false,
    isElsewhere: false,
    partner: 'acme',
    partnerName: 'Acme Bank',
    centre: 'east',
    queue: 'acme-sales',
    agent: 'ann',
    caller: '+1555•••••01',
    waitedMs: undefined,
    joinedAt: Date.now() - 27_000,
    sales: offerOnDesk('ACME-PLATINUM', 'Platinum card, first year free'),
    service: undefined,
    presented: [],
    pairs: {
      decisionId: 'd-1',
      offerCode: 'ACME-PLATINUM',
      offerUrl: 'https://scripts.example.com/ACME-PLATINUM',
      partner: 'acme',
      tier: 'gold',
    },
    ...changes,
  };
}

export const serviceOffer = offerOnDesk('ACME-SERVICE', 'Your account trouble, put right now');

interface Said {
  decisionId: string;
  offer: string;
  code: string;
  note?: string;
  callbackAt?: string;
}

/** What the API answers; a test changes it. */
export class DeskServer {
  state: DeskState = { agents: [annAtEast], calls: [], undispositioned: 0 };
  /** Every change that was asked for, as METHOD path body. */
  readonly asked: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
  readonly stored: (Said & { revision: number; outcome: string; source: string; recordedAt: string })[] = [];
  open: object[] = [];
  routeAnswer: { status: number; body: object } = { status: 200, body: { kind: 'routed' } };
  others: object[] = [
    {
      offer: 'ACME-SAVER',
      name: 'Saver account at the welcome rate',
      kind: 'sales',
      rank: 2,
      propensity: 0.21,
      value: 60,
      expectedValue: 12.6,
      isAllowed: true,
      presentations: [{ presentation: 'ivr', kind: 'ivr', isReachable: true, why: '' }],
      reasons: ['likely because two of three customers like this one said yes'],
      notNow: null,
    },
    {
      offer: 'ACME-TRAVEL',
      name: 'Travel insurance, three months free',
      kind: 'sales',
      rank: 3,
      propensity: 0.034,
      value: 45,
      expectedValue: 1.53,
      isAllowed: false,
      presentations: [],
      reasons: ['likely because the customer pays abroad'],
      notNow: 'declined on 3 November; not again before February',
    },
  ];
  readonly #sinks = new Set<TopicSink<'desk'>>();
  readonly #hub: LiveHub;
  readonly #files: OfferPageFiles;

  private constructor(configDir: string) {
    this.#files = new OfferPageFiles(configDir);
    const topic: LiveTopic<'desk'> = {
      topic: 'desk',
      roles: ['agent', 'supervisor', 'admin'],
      paceMs: 0,
      open: (_principal, sink) => {
        this.#sinks.add(sink);
        return () => void this.#sinks.delete(sink);
      },
      state: () => this.state,
    };
    this.#hub = new LiveHub({ topics: [topic], clock: systemClock, log: silentLogger });
  }

  static async open(
    t: Test,
    { configDir = 'config', person = annTheAgent }: { configDir?: string; person?: Person } = {},
  ): Promise<DeskServer & ConsoleStage> {
    const server = new DeskServer(configDir);
    server.#hub.start();
    const { url } = await serveConsole(t, server.areas, person, liveSocketApi({ hub: server.#hub }));
    return Object.assign(server, { url });
  }

  /** Says the new state to everybody who looks. */
  show(changes: Partial<DeskState>): void {
    this.state = { ...this.state, ...changes };
    for (const sink of this.#sinks) sink.changed();
  }

  get areas(): readonly ApiArea[] {
    return [this.#desk, this.#dispositions, this.#pages];
  }

  readonly #desk: ApiArea = (v1) => {
    const config = everyRole;
    const asked = (method: string, path: string, body: unknown) => this.asked.push({ method, path, body });
    v1.get('/desk/today', { config }, () => ({
      since: Date.now(),
      calls: 23,
      talkSeconds: 7320,
      averageHandlingSeconds: 341,
      presented: 14,
      accepted: 5,
      declined: 6,
      callbacks: 1,
      undispositioned: this.open.length,
    }));
    v1.get('/desk/undispositioned', { config }, () => ({ open: this.open }));
    v1.put<{ Body: { status: string } }>('/desk/status', { config }, ({ body }, reply) => {
      asked('PUT', '/desk/status', body);
      const change = { kind: 'pending' as const, status: body.status, since: Date.now() };
      this.show({ agents: this.state.agents.map((agent) => ({ ...agent, change })) });
      return reply.code(202).send({ agents: this.state.agents });
    });
    v1.get('/desk/calls/:id/offers', { config }, () => ({ offers: this.others }));
    v1.post<{ Params: { id: string } }>(
      '/desk/calls/:id/presented',
      { config },
      ({ params, body }, reply) => {
        asked('POST', `/desk/calls/${params.id}/presented`, body);
        return reply.code(201).send({});
      },
    );
    v1.delete<{ Params: { id: string } }>('/desk/calls/:id', { config }, ({ params }, reply) => {
      asked('DELETE', `/desk/calls/${params.id}`, undefined);
      this.show({ calls: this.state.calls.filter(({ decisionId }) => decisionId !== params.id) });
      return reply.code(204).send();
    });
    v1.get('/queues', { config }, () => ({
      queues: ['east/acme-sales', 'east/service', 'west/service'].map((destination) => ({
        destination,
        kind: 'queue',
        isDraining: false,
      })),
    }));
    v1.post<{ Params: { id: string } }>('/calls/:id/route', { config }, ({ params, body }, reply) => {
      asked('POST', `/calls/${params.id}/route`, body);
      return reply.code(this.routeAnswer.status).send(this.routeAnswer.body);
    });
  };

  readonly #dispositions: ApiArea = (v1) => {
    const config = everyRole;
    const codes = [
      { code: 'accepted', name: 'Accepted', outcome: 'accepted', requiresNote: false },
      { code: 'declined', name: 'Declined', outcome: 'declined', requiresNote: false },
      { code: 'complained', name: 'Complained', outcome: 'declined', requiresNote: true },
      { code: 'callback', name: 'Call back', outcome: 'callback', requiresNote: false },
      { code: 'no-answer', name: 'No answer', outcome: 'no-answer', requiresNote: false },
      { code: 'presented', name: 'Presented, not decided', outcome: 'presented', requiresNote: false },
      { code: 'not-presented', name: 'Not presented', outcome: 'not-presented', requiresNote: false },
    ];
    const keep = (said: Said) => {
      const { outcome } = codes.find(({ code }) => code === said.code) ?? { outcome: 'unknown' };
      const revision = this.stored.filter(({ offer }) => offer === said.offer).length + 1;
      const disposition = {
        ...said,
        revision,
        outcome,
        source: 'agent',
        recordedAt: new Date().toISOString(),
      };
      this.stored.push(disposition);
      return disposition;
    };
    v1.get('/partners/:partner/disposition-codes', { config }, () => ({ codes }));
    v1.get<{ Params: { id: string } }>('/dispositions/:id', { config }, ({ params }) => ({
      dispositions: this.stored.filter(({ decisionId }) => decisionId === params.id),
    }));
    v1.post<{ Body: Said }>('/dispositions', { config }, ({ body }, reply) => {
      this.asked.push({ method: 'POST', path: '/dispositions', body });
      return reply.code(201).send({ kind: 'recorded', disposition: keep(body) });
    });
    v1.put<{ Params: { id: string; offer: string }; Body: Said }>(
      '/dispositions/:id/:offer',
      { config },
      ({ params, body }) => {
        this.asked.push({ method: 'PUT', path: `/dispositions/${params.id}/${params.offer}`, body });
        const disposition = keep({ ...body, decisionId: params.id, offer: params.offer });
        return { kind: 'corrected', disposition };
      },
    );
  };

  readonly #pages: ApiArea = (v1) => {
    const offers = [
      ['ACME-PLATINUM', 'Platinum card, first year free', 'sales'],
      ['ACME-SAVER', 'Saver account at the welcome rate', 'sales'],
      ['ACME-TRAVEL', 'Travel insurance, three months free', 'sales'],
      ['ACME-SERVICE', 'Your account trouble, put right now', 'service'],
      ['ACME-LOAN', 'A loan without a page', 'sales'],
    ] as const;
    offerPagesApi({
      log: silentLogger,
      audit: {
        write: async (_actor, action, subject = '', detail) =>
          void this.asked.push({ method: action, path: subject, body: detail }),
      },
      operations: {
        offers: async () => {
          const languages = await this.#files.languages((code) => offers.some(([one]) => one === code));
          return offers.map(([offer, name, kind]) => {
            const spoken = languages.get(offer) ?? [];
            const url = `https://scripts.example.com/${offer}`;
            return { offer, name, kind, partner: 'acme', hasPage: spoken.length > 0, languages: spoken, url };
          });
        },
        read: async (offer, language) => {
          const page = await this.#files.read(offer, language);
          return page && { language, ...page };
        },
        write: ({ offer, language, ...page }) => this.#files.write(offer, language, page),
        caller: async () => ({
          agents: ['east/ann'],
          partner: 'acme',
          partnerName: 'Acme Bank',
          fields: { name: 'Maria Lopez' },
        }),
      },
    })(v1);
  };
}
