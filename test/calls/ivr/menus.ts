// Menus for tests: one that a partner would have, and any that the checks let through.
import fc from 'fast-check';
import type { Menu, MenuStep } from '../../../src/config/index.js';

const ask = { bargeIn: true, timeoutMs: 5000, tries: 2, invalidPrompts: [] };

/** Tells of travel insurance, asks for 1 or 2, has a yes confirmed, and goes to an agent or to service. */
export const travelMenu: Menu = {
  menu: 'travel',
  start: 'tell',
  maxSeconds: 60,
  steps: [
    { step: 'tell', present: { prompts: ['file:travel.wav'], bargeIn: true }, next: 'ask' },
    {
      step: 'ask',
      collect: {
        ...ask,
        prompts: ['file:press-1-2-or-9.wav'],
        invalidPrompts: ['file:sorry.wav'],
        choices: { '1': 'sure', '2': 'declined', '9': 'tell', '0': 'bye' },
        onTimeout: 'silent',
        onInvalid: 'declined',
      },
    },
    {
      step: 'sure',
      confirm: { ...ask, prompts: ['file:sure.wav'], yes: '1', no: '2', onYes: 'accepted', onNo: 'declined' },
    },
    { step: 'accepted', outcome: 'accepted', gotoQueue: 'sales' },
    {
      step: 'declined',
      outcome: 'declined',
      present: { prompts: ['file:service.wav'], bargeIn: false },
      next: 'service',
    },
    { step: 'silent', outcome: 'no-answer', gotoQueue: 'service' },
    { step: 'service', gotoQueue: 'service' },
    { step: 'bye', hangUp: true },
  ],
};

const id = (index: number): string => `s${index}`;
const prompts = fc.array(fc.constant('silence:100'), { maxLength: 2 });
const keys = fc.constantFrom('0', '1', '2', '5', '9', '*', '#');

/** Step `index` of `count`: silence leads only to later steps, keys lead anywhere. The last one ends the menu. */
function stepArbitrary(index: number, count: number): fc.Arbitrary<MenuStep> {
  const step = id(index);
  const outcome = fc.constantFrom(undefined, 'accepted', 'declined', 'no-answer', 'callback');
  const withOutcome = (one: fc.Arbitrary<MenuStep>): fc.Arbitrary<MenuStep> =>
    fc.tuple(one, outcome).map(([made, said]) => (said === undefined ? made : { ...made, outcome: said }));
  const end = fc.constantFrom<MenuStep>(
    { step, hangUp: true },
    { step, gotoQueue: 'sales' },
    { step, gotoQueue: 'service' },
  );
  if (index === count - 1) return withOutcome(end);
  const later = fc.integer({ min: index + 1, max: count - 1 }).map(id);
  const any = fc.integer({ min: 0, max: count - 1 }).map(id);
  const tries = fc.integer({ min: 1, max: 10 });
  const present = fc.record({ prompts, next: later }).map(({ prompts: said, next }) => ({
    step,
    present: { prompts: said, bargeIn: true },
    next,
  }));
  const collect = fc
    .record({
      prompts,
      tries,
      choices: fc.dictionary(keys, any, { minKeys: 1 }),
      onTimeout: later,
      onInvalid: any,
    })
    .map((one) => ({ step, collect: { ...ask, ...one } }));
  const confirm = fc
    .record({ prompts, tries, onYes: any, onNo: any, onTimeout: later })
    .map((one) => ({ step, confirm: { ...ask, ...one, yes: '1', no: '2' } }));
  return withOutcome(fc.oneof(present, collect, confirm, end));
}

export const anyMenu: fc.Arbitrary<Menu> = fc
  .integer({ min: 1, max: 8 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => stepArbitrary(index, count))))
  .map((steps) => ({ menu: 'any', start: id(0), maxSeconds: 60, steps }));
