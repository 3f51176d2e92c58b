// Menus: every step has one kind and leads somewhere, every run of a menu ends, and who names a menu can use it.
import type { Cursor } from '../cursor.js';
import { checkReference, idsOf } from './offers.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';
import { reportRepeated } from './unique.js';

const kinds = ['present', 'collect', 'confirm', 'gotoQueue', 'hangUp'] as const;

type Kind = (typeof kinds)[number];

const kindWords = 'present, collect, confirm, gotoQueue and hangUp';

/** One step as the checks see it. */
interface Step {
  readonly id: string;
  readonly place: Cursor;
  readonly kinds: readonly Kind[];
  /** The places that name the steps it can lead to. */
  readonly leads: readonly Cursor[];
  /** The one that is followed when the caller does nothing. */
  readonly silent: Cursor | undefined;
}

/** Steps are of one kind each, named, reachable, and no silent caller goes round in circles. */
export const menusAreWhole: CrossCheck = (tree, report) => {
  const menus = tree.offers?.list('menus') ?? [];
  const ids = menus.map((menu) => menu.key('menu'));
  reportRepeated(ids, 'each menu has an id of its own', report);
  for (const menu of menus) {
    const places = menu.list('steps');
    const stepIds = places.map((one) => one.key('step'));
    reportRepeated(stepIds, 'each step of a menu has an id of its own', report);
    const steps = places.map(stepAt);
    for (const step of steps) checkKind(step, report);
    checkSteps(menu.key('start'), steps, report);
  }
};

function stepAt(place: Cursor): Step {
  const has = kinds.filter((kind) => isThere(place, kind));
  const { leads, silent } = leadsOf(place, has);
  return { id: place.key('step').text ?? '', place, kinds: has, leads, silent };
}

function isThere(place: Cursor, kind: Kind): boolean {
  return place.entries().some(([key]) => key === kind);
}

function leadsOf(place: Cursor, has: readonly Kind[]): Pick<Step, 'leads' | 'silent'> {
  const [kind] = has;
  const at = kind === undefined ? place : place.key(kind);
  if (kind === 'present') return { leads: [place.key('next')], silent: place.key('next') };
  if (kind === 'collect') {
    const choices = at
      .key('choices')
      .entries()
      .map(([, choice]) => choice);
    const silent = at.key('onTimeout');
    return { leads: [...choices, silent, at.key('onInvalid')], silent };
  }
  if (kind === 'confirm') {
    const [yes, no, timeout] = [at.key('onYes'), at.key('onNo'), at.key('onTimeout')];
    return { leads: [yes, no, timeout], silent: timeout.text === undefined ? no : timeout };
  }
  return { leads: [], silent: undefined };
}

function checkKind({ place, kinds: has }: Step, report: Report): void {
  if (has.length !== 1) {
    const found = has.length === 0 ? 'none of them' : has.join(' and ');
    report(place, `has ${found}; a step has exactly one of ${kindWords}`);
    return;
  }
  const isPresent = has[0] === 'present';
  const next = place.key('next');
  if (isPresent && next.text === undefined) {
    report(place, 'has no next; name the step after present');
  } else if (!isPresent && next.text !== undefined) {
    report(next, `belongs to present; a step of ${has[0] ?? ''} leads on by itself`);
  }
  const [yes, no] = [place.key('confirm').key('yes'), place.key('confirm').key('no')];
  if (yes.text !== undefined && yes.text === no.text) {
    report(no, `${JSON.stringify(no.text)} says yes already; give no a key of its own`);
  }
}

function checkSteps(start: Cursor, steps: readonly Step[], report: Report): void {
  const known = new Set(steps.map((step) => step.id));
  const byId = new Map(steps.map((step) => [step.id, step]));
  checkReference(start, known, 'step of this menu', report);
  for (const { leads } of steps) {
    for (const place of leads) checkReference(place, known, 'step of this menu', report);
  }
  // From a start that is not there nothing is reached; that has been said.
  if (start.text === undefined || !known.has(start.text)) return;
  const reached = reachedFrom(start.text, byId);
  for (const { id, place } of steps) {
    if (reached.has(id)) continue;
    report(
      place.key('step'),
      `no step that is reached from ${start.text} leads here; name it in one or remove it`,
    );
  }
  checkCircles(steps, byId, report);
}

function reachedFrom(start: string, byId: ReadonlyMap<string, Step>): ReadonlySet<string> {
  const reached = new Set([start]);
  // A set gives what is added to it while it is gone through.
  for (const id of reached) {
    for (const { text } of byId.get(id)?.leads ?? []) if (text !== undefined) reached.add(text);
  }
  return reached;
}

/** A step has at most one way on without a key, so a walk from each finds every circle of such ways. */
function checkCircles(steps: readonly Step[], byId: ReadonlyMap<string, Step>, report: Report): void {
  const walked = new Set<string>();
  for (const step of steps) {
    const walk: string[] = [];
    let at: Step | undefined = step;
    while (at !== undefined && !walked.has(at.id)) {
      walked.add(at.id);
      walk.push(at.id);
      at = byId.get(at.silent?.text ?? '');
    }
    const from = at === undefined ? -1 : walk.indexOf(at.id);
    if (from === -1 || at?.silent === undefined) continue;
    const circle = [...walk.slice(from), at.id].join(' -> ');
    report(
      at.silent,
      `goes round without a key of the caller (${circle}); lead silence to a step that ends the menu`,
    );
  }
}

/** A presentation names a menu that is there, of kind ivr, and one of kind agent follows a menu that goes to sales. */
export const menusAreUsable: CrossCheck = (tree, report) => {
  const menus = tree.offers?.list('menus') ?? [];
  const known = idsOf(menus, 'menu');
  const toSales = new Set(menus.filter(goesToSales).map((menu) => menu.key('menu').text));
  for (const offer of tree.offers?.list('offers') ?? []) {
    const presentations = offer.list('presentations');
    const hasAgent = presentations.some((one) => one.key('kind').text === 'agent');
    for (const presentation of presentations) {
      const place = presentation.key('menu');
      if (place.text === undefined) continue;
      const kind = presentation.key('kind').text;
      if (kind !== undefined && kind !== 'ivr') {
        report(place, `belongs to a presentation of kind ivr; leave it out of one of kind ${kind}`);
        continue;
      }
      checkReference(place, known, 'menu', report);
      if (!toSales.has(place.text) || hasAgent) continue;
      const code = offer.key('offer').text ?? 'the offer';
      report(
        place,
        `${JSON.stringify(place.text)} has gotoQueue: sales, but ${code} has no presentation of kind agent to go on to`,
      );
    }
  }
};

function goesToSales(menu: Cursor): boolean {
  return menu.list('steps').some((step) => step.key('gotoQueue').text === 'sales');
}

/** What callers are asked for can be entered. */
export const identificationIsPossible: CrossCheck = (tree: SettingsTree, report) => {
  for (const partner of tree.partners?.list('partners') ?? []) {
    const identification = partner.key('identification');
    for (const asked of [identification.key('account'), identification.key('secret')]) {
      const [least, most] = [asked.key('minDigits'), asked.key('maxDigits')];
      if (least.number === undefined || most.number === undefined || least.number <= most.number) continue;
      report(least, `${least.number} is more than maxDigits (${most.number}); nothing could be entered`);
    }
  }
};
