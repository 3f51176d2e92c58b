// Menus and identification by digits that cannot work, and exactly what is said of them.
import type { ProblemCase } from './problem-cases.js';

/** The shipped file with menus before its offers, so that their lines are known: the first menu begins at line 25. */
const menuAt = '# In the order that breaks ties.\n';

const stepsOf = (...steps: readonly string[]): string =>
  [
    'menus:',
    '  - menu: tell',
    '    start: say',
    '    steps:',
    ...steps.map((step) => `      - ${step}`),
    '',
  ].join('\n');

const say = "{ step: say, present: { prompts: ['say:Hello'] }, next: bye }";
const bye = '{ step: bye, hangUp: true }';
const service = '{ step: service, gotoQueue: service }';

/** A case of the steps of a menu; the first step is at line 29. */
function steps(what: string, list: readonly string[], ...lines: readonly string[]): ProblemCase {
  return [what, 'offers.yaml', menuAt, stepsOf(...list), ...lines];
}

const problem = (line: number, field: string, message: string): string =>
  `config/offers.yaml:${line}: menus[0].${field}: ${message}`;

const kinds = 'a step has exactly one of present, collect, confirm, gotoQueue and hangUp';

const ask = (choices: string, onTimeout: string, more = ''): string =>
  `{ step: ask, collect: { prompts: ['say:Press'], choices: ${choices}, onTimeout: ${onTimeout}${more} } }`;

const travel = 'destinations: [east/offer-ivr, west/offer-ivr]';
const partnerEnd = 'meanPatienceSeconds: 120\n';

const asking = (programs: string, account = ''): string =>
  [
    partnerEnd.trimEnd(),
    '    identification:',
    `      programs: [${programs}]`,
    `      account: { prompts: ['say:Account']${account} }`,
    "      secret: { prompts: ['say:Secret'] }",
    '',
  ].join('\n');

export const menuProblemCases: readonly ProblemCase[] = [
  steps('a menu that is right', [say, bye]),
  steps(
    'a step of two kinds',
    [say, '{ step: bye, hangUp: true, gotoQueue: service }'],
    problem(30, 'steps[1]', `has gotoQueue and hangUp; ${kinds}`),
  ),
  steps(
    'a step of no kind',
    [say, '{ step: bye, outcome: declined }'],
    problem(30, 'steps[1]', `has none of them; ${kinds}`),
  ),
  steps(
    'a presentation that leads nowhere',
    ["{ step: say, present: { prompts: ['say:Hello'] } }"],
    problem(29, 'steps[0]', 'has no next; name the step after present'),
  ),
  steps(
    'a next where none belongs',
    [say, '{ step: bye, hangUp: true, next: say }'],
    problem(30, 'steps[1].next', 'belongs to present; a step of hangUp leads on by itself'),
  ),
  steps(
    'a step that is not there',
    ["{ step: say, present: { prompts: ['say:Hello'] }, next: bey }", bye],
    problem(29, 'steps[0].next', '"bey" is no step of this menu; did you mean "bye"?'),
    problem(30, 'steps[1].step', 'no step that is reached from say leads here; name it in one or remove it'),
  ),
  [
    'a start that is not there',
    'offers.yaml',
    menuAt,
    stepsOf(say, bye).replace('start: say', 'start: sya'),
    problem(27, 'start', '"sya" is no step of this menu; did you mean "say"?'),
  ],
  steps(
    'choices and silence that lead nowhere',
    [say.replace('bye', 'ask'), ask('{ 1: service, 2: yes }', 'late', ', onInvalid: wrong'), service],
    problem(30, 'steps[1].collect.choices.2', '"yes" is no step of this menu'),
    problem(30, 'steps[1].collect.onTimeout', '"late" is no step of this menu'),
    problem(30, 'steps[1].collect.onInvalid', '"wrong" is no step of this menu'),
  ),
  steps(
    'a step that nothing leads to',
    [say, bye, service],
    problem(31, 'steps[2].step', 'no step that is reached from say leads here; name it in one or remove it'),
  ),
  steps(
    'two steps of one name',
    [say, bye, bye],
    problem(
      31,
      'steps[2].step',
      '"bye" is already at menus[0].steps[1].step (line 30); each step of a menu has an id of its own',
    ),
  ),
  steps(
    'prompts that never end',
    [
      "{ step: say, present: { prompts: ['say:Hello'] }, next: again }",
      "{ step: again, present: { prompts: ['say:Hello'] }, next: say }",
    ],
    problem(
      29,
      'steps[0].next',
      'goes round without a key of the caller (say -> again -> say); lead silence to a step that ends the menu',
    ),
  ),
  steps(
    'silence that is asked for ever',
    [say.replace('bye', 'ask'), ask('{ 1: service, 9: say }', 'say'), service],
    problem(
      29,
      'steps[0].next',
      'goes round without a key of the caller (say -> ask -> say); lead silence to a step that ends the menu',
    ),
  ),
  steps('a key may go round', [say.replace('bye', 'ask'), ask('{ 9: say }', 'service'), service]),
  steps(
    'a confirmation whose silence goes round',
    [
      say.replace('bye', 'sure'),
      "{ step: sure, confirm: { prompts: ['say:Sure?'], onYes: service, onNo: say } }",
      service,
    ],
    problem(
      29,
      'steps[0].next',
      'goes round without a key of the caller (say -> sure -> say); lead silence to a step that ends the menu',
    ),
  ),
  steps(
    'one key for yes and no',
    [
      say.replace('bye', 'sure'),
      "{ step: sure, confirm: { prompts: ['say:Sure?'], yes: '2', onYes: service, onNo: service } }",
      service,
    ],
    problem(30, 'steps[1].confirm.no', '"2" says yes already; give no a key of its own'),
  ),
  [
    'a menu that is not there',
    'offers.yaml',
    travel,
    `${travel}\n        menu: travel`,
    'config/offers.yaml:55: offers[1].presentations[0].menu: "travel" is no menu',
  ],
  [
    'a menu for agents',
    'offers.yaml',
    'kind: agent\n',
    'kind: agent\n        menu: tell\n',
    'config/offers.yaml:40: offers[0].presentations[0].menu: belongs to a presentation of kind ivr; leave it out of one of kind agent',
  ],
  [
    'a menu that goes to sales of an offer without agents',
    'offers.yaml',
    `${menuAt}offers:\n`,
    [
      'menus: [{ menu: tell, start: on, steps: [{ step: on, gotoQueue: sales }] }]',
      'offers:',
      '  - { offer: ACME-NEW, partner: acme, product: platinum-card, name: New, value: 1, url: https://a.example/,',
      '      presentations: [{ presentation: ivr, kind: ivr, destinations: [east/offer-ivr], menu: tell }] }',
      '',
    ].join('\n'),
    'config/offers.yaml:28: offers[0].presentations[0].menu: "tell" has gotoQueue: sales, but ACME-NEW has no presentation of kind agent to go on to',
  ],
  [
    'a queue where callers are asked',
    'partners.yaml',
    partnerEnd,
    asking('east/service, east/offer-ivr, east/offer-ivt'),
    'config/partners.yaml:19: partners[0].identification.programs[0]: "east/service" is a queue; callers are asked on ports of IVR programs',
    'config/partners.yaml:19: partners[0].identification.programs[2]: "east/offer-ivt" is no IVR program of any centre; did you mean "east/offer-ivr"?',
  ],
  [
    'more digits than fit',
    'partners.yaml',
    partnerEnd,
    asking('east/offer-ivr', ', minDigits: 8, maxDigits: 6'),
    'config/partners.yaml:20: partners[0].identification.account.minDigits: 8 is more than maxDigits (6); nothing could be entered',
  ],
  ['callers who may be asked', 'partners.yaml', partnerEnd, asking('east/offer-ivr')],
];
