import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { maxPageBytes, OfferPageFiles } from '../../../src/config/offer-pages/offer-page-files.js';
import { repositoryRoot } from '../../support/repository-root.js';

t.test('a page is written whole, read, replaced and removed', async (t) => {
  const files = new OfferPageFiles(t.testdir());
  t.equal(await files.read('X', 'en'), undefined);
  const first = await files.write('X', 'en', { markdown: '## Script ñ\n', version: undefined });
  if (first.kind !== 'written') throw new Error(first.kind);
  t.strictSame(await files.read('X', 'en'), { version: first.version, markdown: '## Script ñ\n' });
  const spanish = await files.write('X', 'es', { markdown: 'hola', version: undefined });
  t.equal(spanish.kind, 'written');
  const isOffer = (offer: string) => offer === 'X';
  t.strictSame(await files.languages(isOffer), new Map([['X', ['en', 'es']]]));
  const second = await files.write('X', 'en', { markdown: 'b', version: first.version });
  if (second.kind !== 'written') throw new Error(second.kind);
  t.strictSame(await files.write('X', 'en', { markdown: ' \n', version: second.version }), {
    kind: 'removed',
  });
  t.equal(await files.read('X', 'en'), undefined);
});

t.test('of two who write over one version one gets a conflict, and nothing is left lying', async (t) => {
  const directory = t.testdir();
  const files = new OfferPageFiles(directory);
  const answers = await Promise.all(
    ['a', 'b'].map((markdown) => files.write('X', 'en', { markdown, version: undefined })),
  );
  t.match(answers, [
    { kind: 'written' },
    { kind: 'conflict', version: (answers[0] as { version: string }).version },
  ]);
  t.strictSame(readdirSync(path.join(directory, 'offer-pages')), ['X.md']);
});

t.test('no name leads out of the directory, and no page is too long', async (t) => {
  const files = new OfferPageFiles(t.testdir({ 'secret.md': 'secret' }));
  for (const [offer, language] of [
    ['../secret', 'en'],
    ['..', 'en'],
    ['a/b', 'en'],
    ['X\0', 'en'],
    ['', 'en'],
    ['X', '..'],
    ['X', 'es/../..'],
  ] as const) {
    await t.rejects(files.read(offer, language), { code: 'OFFER_PAGE_FILE' }, `${offer} ${language}`);
    await t.rejects(files.write(offer, language, { markdown: 'x', version: undefined }), {
      code: 'OFFER_PAGE_FILE',
    });
  }
  const long = 'é'.repeat(maxPageBytes / 2 + 1);
  await t.rejects(files.write('X', 'en', { markdown: long, version: undefined }), {
    code: 'OFFER_PAGE_FILE',
  });
});

t.test('a file that is too long, a directory, and an offer that is named like a language', async (t) => {
  const directory = t.testdir();
  const pages = path.join(directory, 'offer-pages');
  mkdirSync(path.join(pages, 'DIR.md'), { recursive: true });
  writeFileSync(path.join(pages, 'LONG.md'), Buffer.alloc(maxPageBytes + 1, 'x'));
  writeFileSync(path.join(pages, 'X.es.md'), 'of the offer X.es');
  const files = new OfferPageFiles(directory);
  await t.rejects(files.read('LONG', 'en'), { code: 'OFFER_PAGE_FILE', message: /is longer than/ });
  await t.rejects(files.read('DIR', 'en'), { code: 'OFFER_PAGE_FILE' });
  t.strictSame(await files.languages((offer) => ['X', 'X.es'].includes(offer)), new Map([['X.es', ['en']]]));
});

t.test('every offer that is shipped has a page with its sections', async (t) => {
  const offers = readFileSync(path.join(repositoryRoot, 'config/offers.yaml'), 'utf8');
  const codes = [...offers.matchAll(/^ {2}- offer: (\S+)$/gm)].map(([, code = '']) => code);
  t.ok(codes.length > 0);
  const files = new OfferPageFiles(path.join(repositoryRoot, 'config'));
  for (const code of codes) {
    const page = await files.read(code, 'en');
    for (const section of ['Description', 'Script', 'Objections']) {
      t.match(page?.markdown, new RegExp(`^## ${section}$`, 'm'), `${code}: ${section}`);
    }
  }
  const known = await files.languages((offer) => codes.includes(offer));
  t.ok([...known.values()].filter((languages) => languages.includes('es')).length >= 2);
});
