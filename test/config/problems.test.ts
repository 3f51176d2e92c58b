import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadSettings, SettingsError } from '../../src/config/index.js';
import { parseSettings } from '../../src/config/load.js';
import { mediaProblemCases } from './media-problem-cases.js';
import { menuProblemCases } from './menu-problem-cases.js';
import { agentProblemCases } from './agent-problem-cases.js';
import { problemCases } from './problem-cases.js';
import { rankingProblemCases } from './ranking-problem-cases.js';
import { repositoryRoot } from '../support/repository-root.js';
import { edited, linesOf, noEnvironment, problemLines, shippedMenus, shippedTexts } from './shipped.js';

const platinum = 'destinations: [east/acme-sales, west/acme-sales]';

/** The shipped offers without their own menus; every line stays where it is. */
const withoutMenus = [
  { file: 'offers.yaml', from: '        menu: listen-and-choose\n', to: '        # no menu\n' },
  { file: 'offers.yaml', from: shippedMenus, to: '' },
];

t.test('what is wrong is said with file, line, field and what would be right', (t) => {
  for (const [what, file, from, to, ...lines] of [
    ...problemCases,
    ...agentProblemCases,
    ...mediaProblemCases,
    ...rankingProblemCases,
  ]) {
    t.strictSame(problemLines([{ file, from, to }]), lines, what);
  }
  for (const [what, file, from, to, ...lines] of menuProblemCases) {
    t.strictSame(problemLines([...withoutMenus, { file, from, to }]), lines, what);
  }
  t.end();
});

t.test('all problems of all files are found at once, by file and line', (t) => {
  const lines = problemLines([
    { file: 'trunks.yaml', from: 'country: US', to: 'country: usa' },
    { file: 'offers.yaml', from: platinum, to: 'destinations: [east/acme-salez]' },
    { file: 'offers.yaml', from: 'value: 180', to: 'value: many' },
    { file: 'centres.yaml', from: 'port: 5090', to: 'prot: 5090' },
  ]);
  t.strictSame(
    lines.map((one) => one.split(': ').slice(0, 2).join(' ')),
    [
      'config/centres.yaml:10 centres[0].prot',
      'config/offers.yaml:32 offers[0].value',
      'config/offers.yaml:40 offers[0].presentations[0].destinations[0]',
      'config/trunks.yaml:21 trunks[0].country',
    ],
  );
  t.end();
});

t.test('a queue of a presentation with skills has an id of its own', (t) => {
  const lines = problemLines([
    { file: 'offers.yaml', from: platinum, to: `${platinum}\n        requires: [{ skills: [] }]` },
    {
      file: 'centres.yaml',
      from: '    queues:\n',
      to: '    queues:\n      - { queue: acme-sales.ACME-PLATINUM.agent, staffedAgents: 1 }\n',
    },
  ]);
  t.strictSame(lines, [
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: its queue for these skills would be east/acme-sales.ACME-PLATINUM.agent, which is there already; rename one of the two',
  ]);
  t.end();
});

t.test('a problem carries its column', (t) => {
  const texts = edited([
    { file: 'offers.yaml', from: platinum, to: 'destinations: [west/acme-sales, east/acme-salez]' },
    { file: 'trunks.yaml', from: 'country: US', to: 'contry: US' },
  ]);
  const result = parseSettings(texts, noEnvironment);
  t.notOk(result.ok);
  const places = result.ok ? [] : result.problems.map((one) => [one.field, one.column]);
  t.strictSame(places, [
    ['offers[0].presentations[0].destinations[1]', 41],
    ['trunks[0].country', 5],
    ['trunks[0].contry', 5],
  ]);
  t.end();
});

t.test('a file that cannot be read is no reason to call its ids unknown', (t) => {
  const file = shippedTexts.centres.file;
  const texts = { ...shippedTexts, centres: { file, text: 'centres: [' } };
  const lines = linesOf(parseSettings(texts, noEnvironment));
  t.equal(lines.length, 1);
  t.match(lines[0], /^config\/centres\.yaml:1: is not valid YAML: /);
  t.end();
});

t.test('files that say nothing', (t) => {
  const withText = (name: 'trunks' | 'process' | 'ranking', text: string): readonly string[] => {
    const file = shippedTexts[name].file;
    return linesOf(parseSettings({ ...shippedTexts, [name]: { file, text } }, noEnvironment));
  };
  t.strictSame(withText('process', ''), [], 'proffer.yaml has a default for everything');
  t.strictSame(withText('process', 'sip:\n  # all of it commented out\nlog:\n'), []);
  t.strictSame(withText('ranking', ''), [], 'ranking.yaml too');
  t.strictSame(withText('ranking', '# models:\n# rankings:\n'), []);
  t.strictSame(withText('trunks', ''), [
    'config/trunks.yaml:1: trunks: is missing; what belongs here is a list (the most specific address block wins)',
  ]);
  t.strictSame(withText('trunks', '- loopback'), [
    'config/trunks.yaml:1: a list is not a block with the keys unknownSource, trunks',
  ]);
  t.end();
});

t.test('ranking.yaml may be missing: nothing is ranked', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-check-'));
  for (const name of ['proffer', 'trunks', 'partners', 'centres', 'offers']) {
    copyFileSync(join(repositoryRoot, 'config', `${name}.yaml`), join(directory, `${name}.yaml`));
  }
  const missing = loadSettings(directory, noEnvironment);
  writeFileSync(join(directory, 'ranking.yaml'), '# nothing yet\n');
  const empty = loadSettings(directory, noEnvironment);
  for (const result of [missing, empty]) {
    t.strictSame(linesOf(result), []);
    if (!result.ok) continue;
    t.strictSame(result.settings.ranking.rankings, []);
    t.strictSame(result.settings.ranking.models, []);
    t.equal(result.settings.ranking.run.memoryLimitMb, 512, 'with its defaults');
  }
  t.end();
});

t.test('a list with nothing under it is said to be empty', (t) => {
  const { file } = shippedTexts.ranking;
  const texts = { ...shippedTexts, ranking: { file, text: 'rankings:\n  # - partner: acme\n' } };
  t.strictSame(linesOf(parseSettings(texts, noEnvironment)), [
    'config/ranking.yaml:1: rankings: is empty; what belongs here is a list (one a partner)',
  ]);
  t.end();
});

t.test('what is wrong with a partner is not said again of its offers and models', (t) => {
  const file = shippedTexts.partners.file;
  const texts = { ...shippedTexts, partners: { file, text: 'partners: [' } };
  t.strictSame(linesOf(parseSettings(texts, noEnvironment)).length, 1);
  t.end();
});

t.test('aliases that expand without end are refused', (t) => {
  const rows = Array.from({ length: 12 }, (_, index) =>
    index === 0 ? 'a0: &a0 [x, x]' : `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}x]`,
  );
  const texts = { ...shippedTexts, trunks: { file: 'trunks.yaml', text: rows.join('\n') } };
  const lines = linesOf(parseSettings(texts, noEnvironment));
  t.match(lines[0], /^trunks\.yaml:1: is not YAML: Excessive alias count/);
  t.end();
});

t.test('the same block of addresses may serve two trunks over two transports', (t) => {
  const second = '  - { trunk: second, addresses: [127.0.0.0/8], transports: [tcp], country: US }\n';
  const edits = [
    { file: 'trunks.yaml', from: 'transports: [udp, tcp]', to: 'transports: [udp]' },
    { file: 'trunks.yaml', from: '    country: US\n', to: `    country: US\n${second}` },
  ];
  t.strictSame(problemLines(edits), []);
  t.end();
});

t.test('the queue that a presentation gets is no other queue, and keeps to its steps', (t) => {
  const requires = '[{ skills: [{ skill: cards, level: 7 }], forSeconds: 20 }, {}]';
  const offers = { file: 'offers.yaml', from: platinum, to: `${platinum}\n        requires: ${requires}` };
  const queue = '      - queue: acme-sales\n';
  const taken = `      - queue: acme-sales.ACME-PLATINUM.agent\n        staffedAgents: 1\n`;
  t.strictSame(problemLines([offers]), []);
  t.strictSame(problemLines([offers, { file: 'centres.yaml', from: queue, to: `${taken}${queue}` }]), [
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: its queue for these skills would be east/acme-sales.ACME-PLATINUM.agent, which is there already; rename one of the two',
  ]);
  const roundRobin = {
    file: 'centres.yaml',
    from: queue,
    to: `${queue}        queueStrategy: round-robin\n`,
  };
  t.strictSame(problemLines([roundRobin]), [], 'without steps it is fine');
  t.strictSame(problemLines([offers, roundRobin]), [
    'config/centres.yaml:22: centres[0].queues[0].queueStrategy: round-robin does not keep to the steps that the presentation agent requires; longest-idle-agent and sequentially-by-agent-order do',
  ]);
  t.end();
});

t.test('anchors and aliases can be used, and problems inside them have their line', (t) => {
  const edits = [
    { file: 'offers.yaml', from: platinum, to: 'destinations: &sales [east/acme-sales, west/acme-sales]' },
    { file: 'offers.yaml', from: platinum, to: 'destinations: *sales' },
  ];
  t.strictSame(problemLines(edits), []);
  const [anchor, alias] = edits;
  t.strictSame(problemLines([{ ...anchor!, to: 'destinations: &sales [east/acme-salez]' }, alias!]), [
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: "east/acme-salez" is no queue of any centre; did you mean "east/acme-sales"?',
    'config/offers.yaml:40: offers[2].presentations[0].destinations[0]: "east/acme-salez" is no queue of any centre; did you mean "east/acme-sales"?',
  ]);
  t.end();
});

t.test('directories', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-check-'));
  const file = join(directory, 'proffer.yaml');
  writeFileSync(file, '');
  const nowhere = join(directory, 'nowhere');
  t.strictSame(linesOf(loadSettings(nowhere, noEnvironment)), [
    `${nowhere}: there is no such directory; name the one that holds proffer.yaml with --config or PROFFER_CONFIG_DIR`,
  ]);
  t.strictSame(linesOf(loadSettings(file, noEnvironment)), [
    `${file}: is not a directory; name the one that holds proffer.yaml`,
  ]);
  t.strictSame(
    linesOf(loadSettings(directory, noEnvironment)),
    ['centres', 'offers', 'partners', 'trunks'].map(
      (one) =>
        `${directory}/${one}.yaml: is missing; a working example is in the config directory of Proffer`,
    ),
  );
  t.end();
});

t.test('an edge that cannot go on throws one line a problem, with a stable code', (t) => {
  const problem = { file: 'config/a.yaml', line: 3, column: 1, field: 'a', message: 'is wrong' };
  const error = new SettingsError([problem, { ...problem, line: 4 }]);
  t.equal(error.code, 'SETTINGS_INVALID');
  t.equal(error.message, 'config/a.yaml:3: a: is wrong\nconfig/a.yaml:4: a: is wrong');
  t.end();
});
