// Offers and their pages over HTTP: who reads them with whose data, who writes them, and what bad input gets.
import t from 'tap';
import type { Test } from 'tap';
import { OfferPageFiles } from '../../../src/config/offer-pages/offer-page-files.js';
import type { Principal } from '../../../src/console/access/principal.js';
import { offerPagesApi } from '../../../src/console/offer-pages/offer-pages-api.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { openHttpServer } from '../../support/http-server.js';

type Person = Extract<Principal, { kind: 'person' }>;

const admin: Person = {
  kind: 'person',
  agent: 'ada',
  name: 'Ada Admin',
  role: 'admin',
  partners: [],
  centreAgents: [],
  session: 's',
};
const ann: Person = {
  ...admin,
  agent: 'ann',
  name: 'Ann',
  role: 'agent',
  partners: ['acme'],
  centreAgents: ['east/ann'],
};

const offer = (code: string, partner: string) => ({
  offer: code,
  name: `The ${code}`,
  kind: 'sales' as const,
  partner,
  url: 'https://scripts.example.com/x',
});

interface Stage {
  readonly audited: unknown[][];
  readonly as: (
    person: Person,
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: Record<string, unknown> }>;
}

async function stage(t: Test): Promise<Stage> {
  const files = new OfferPageFiles(
    t.testdir({
      'offer-pages': {
        'PLATINUM.md':
          'Hi {{customer.name}}, {{agent.name}} of {{partner.name}}: {{offer.name}} {{customer.ssn}}',
        'PLATINUM.es.md': 'Hola {{customer.name}}',
        'ONLY-ES.es.md': 'solo',
      },
    }),
  );
  const offers = [
    offer('PLATINUM', 'acme'),
    offer('ONLY-ES', 'acme'),
    offer('BARE', 'acme'),
    offer('FIBRE', 'borealis'),
  ];
  const audited: unknown[][] = [];
  let person = admin;
  const server = await openHttpServer(t, {
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal: person }) }],
    areas: [
      offerPagesApi({
        log: silentLogger,
        audit: { write: async (...line) => void audited.push(line) },
        operations: {
          offers: async () => {
            const languages = await files.languages((code) => offers.some((one) => one.offer === code));
            return offers.map((one) => {
              const spoken = languages.get(one.offer) ?? [];
              return { ...one, hasPage: spoken.length > 0, languages: spoken };
            });
          },
          read: async (code, language) => {
            const page = await files.read(code, language);
            return page && { language, ...page };
          },
          write: ({ offer: code, language, ...page }) => files.write(code, language, page),
          caller: async (decision) =>
            decision === 'd-1'
              ? {
                  agents: ['east/ann'],
                  partner: 'acme',
                  partnerName: 'Acme Bank',
                  fields: { name: 'Zoë *Q*' },
                }
              : undefined,
        },
      }),
    ],
  });
  return {
    audited,
    as: async (who, method, path, body) => {
      person = who;
      const response = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
        method,
        ...(body === undefined
          ? {}
          : {
              headers: { 'content-type': 'application/json' },
              body: typeof body === 'string' ? body : JSON.stringify(body),
            }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
}

t.test('a page is filled for the call, in the language that is there', async (t) => {
  const { as } = await stage(t);
  const page = await as(ann, 'GET', '/offers/PLATINUM/page?decision=d-1');
  t.match(page, {
    status: 200,
    body: { offer: 'PLATINUM', name: 'The PLATINUM', language: 'en', version: /^[0-9a-f]{16}$/ },
  });
  t.equal(page.body['markdown'], 'Hi Zoë \\*Q\\*, Ann of Acme Bank: The PLATINUM \\_\\_\\_\\_\\_\\_');
  t.strictSame(page.body['blanks'], ['customer.ssn']);
  t.match((await as(ann, 'GET', '/offers/PLATINUM/page?decision=d-1&language=es')).body, {
    markdown: 'Hola Zoë \\*Q\\*',
  });
  t.match((await as(ann, 'GET', '/offers/PLATINUM/page?language=fr')).body, { language: 'en' });
  t.match((await as(ann, 'GET', '/offers/ONLY-ES/page')).body, { language: 'es', markdown: 'solo' });
  const unknown = await as(ann, 'GET', '/offers/PLATINUM/page?decision=no-such-call');
  t.match(unknown, { status: 200, body: { blanks: ['customer.name', 'partner.name', 'customer.ssn'] } });
});

t.test('nobody reads what is not theirs', async (t) => {
  const { as } = await stage(t);
  const bob = { ...ann, agent: 'bob', centreAgents: ['east/bob'] };
  t.match(await as(bob, 'GET', '/offers/PLATINUM/page?decision=d-1'), {
    status: 403,
    body: { code: 'not-your-call' },
  });
  t.match(await as(bob, 'GET', '/offers/FIBRE/page'), { status: 404, body: { code: 'unknown-offer' } });
  const codes = (body: Record<string, unknown>) =>
    (body['offers'] as { offer: string }[]).map((one) => one.offer);
  t.strictSame(codes((await as(bob, 'GET', '/offers')).body), ['PLATINUM', 'ONLY-ES', 'BARE']);
  t.equal(codes((await as(admin, 'GET', '/offers')).body).length, 4);
  t.match(await as(ann, 'GET', '/offers/BARE/page'), {
    status: 404,
    body: { code: 'no-page', url: 'https://scripts.example.com/x' },
  });
});

t.test('admins write pages; of two at once one gets a conflict', async (t) => {
  const { as, audited } = await stage(t);
  const put = (body: unknown, who = admin, code = 'BARE') => as(who, 'PUT', `/offers/${code}/page`, body);
  t.equal((await put({ language: 'en', markdown: 'x', version: null }, ann)).status, 403);
  const first = await put({ language: 'en', markdown: 'x', version: null });
  t.match(first, { status: 200, body: { offer: 'BARE', language: 'en', version: String } });
  const { version } = first.body;
  t.match(await put({ language: 'en', markdown: 'y', version: null }), {
    status: 409,
    body: { code: 'conflict', version },
  });
  t.match((await as(admin, 'GET', '/offers/BARE/page?raw=true')).body, { markdown: 'x', version });
  t.match((await as(admin, 'GET', '/offers/BARE/page?raw=true&language=es')).body, {
    markdown: '',
    version: null,
  });
  t.match(await put({ language: 'en', markdown: '', version }), { status: 200, body: { version: null } });
  t.strictSame(audited, [
    ['ada', 'offer-page-saved', 'BARE', { language: 'en', before: null, after: version }],
    ['ada', 'offer-page-saved', 'BARE', { language: 'en', before: version, after: null }],
  ]);
});

t.test('bad input gets words that say what is wrong', async (t) => {
  const { as, audited } = await stage(t);
  const good = { language: 'en', markdown: 'x', version: null };
  for (const [body, status, message] of [
    ['{', 400, /JSON/],
    [{ ...good, language: 'EN' }, 400, /language/],
    [{ ...good, language: '../../etc' }, 400, /language/],
    [{ ...good, markdown: 7 }, 400, /markdown/],
    [{ ...good, markdown: 'a\0b' }, 400, /markdown: must not contain the character NUL/],
    [{ ...good, markdown: 'é'.repeat(40_000) }, 413, /at most 65536 bytes/],
    [{ ...good, markdown: 'x'.repeat(500_000) }, 413, /at most 65536 bytes/],
    [{ ...good, version: 1 }, 400, /version/],
    [{ language: 'en', markdown: 'x' }, 400, /version/],
    [{ ...good, more: 1 }, 400, /additional/],
  ] as const) {
    const answer = await as(admin, 'PUT', '/offers/BARE/page', body);
    t.match(answer, { status, body: { message } }, JSON.stringify(body).slice(0, 60));
  }
  for (const code of ['..%2F..%2Fpartners', 'BARE%00', 'bare', 'X'.repeat(65)]) {
    const answer = await as(admin, 'PUT', `/offers/${code}/page`, good);
    t.ok(answer.status === 404 || answer.status === 400, `${code}: ${answer.status}`);
  }
  t.equal((await as(ann, 'GET', `/offers/PLATINUM/page?decision=${'d'.repeat(129)}`)).status, 400);
  t.equal((await as(ann, 'GET', '/offers/PLATINUM/page?language=english')).status, 400);
  t.equal((await as(ann, 'GET', '/offers/PLATINUM/page?other=1')).status, 400);
  t.strictSame(audited, []);
});
