// Menus: what an IVR program says and asks, step by step (config/offers.yaml). A prompt is a sound file, a tone or words to speak.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id, Milliseconds, OneOf } from './primitives.js';

export const PromptText = Type.String({
  pattern: '^(file|tone|say|silence):[^\\r\\n\\u0000]+$',
  maxLength: 500,
  description:
    'file:PATH (relative to the sounds of the centre), tone:SPEC (tone_stream), say:WORDS (where speech is there), silence:MILLISECONDS',
  expects: 'a prompt, such as file:offers/travel.wav, say:Press 1 or silence:500',
});

const Prompts = (description: string) => Type.Array(PromptText, { maxItems: 20, default: [], description });

const Digit = '^[0-9*#]$';

const Key = (description: string, byDefault: string) =>
  Type.String({ pattern: Digit, default: byDefault, description, expects: 'one key: 0 to 9, * or #' });

export const PresentSchema = Type.Object(
  {
    prompts: Type.Array(PromptText, { minItems: 1, maxItems: 20, description: 'played one after the other' }),
    bargeIn: Type.Boolean({ default: true, description: 'true: a key stops the prompts and is not lost' }),
  },
  closed,
);

export const CollectSchema = Type.Object(
  {
    prompts: Prompts('what is asked'),
    bargeIn: Type.Boolean({ default: true, description: 'true: a key stops the prompts and counts' }),
    choices: Type.Record(Type.String({ pattern: Digit }), Id('the step that this key leads to'), {
      minProperties: 1,
      description: 'step by key, 0 to 9, * and #',
    }),
    timeoutMs: Milliseconds('how long to wait for a key after the prompts', 500, 60_000, 5000),
    tries: Type.Integer({ minimum: 1, maximum: 10, default: 2, description: 'how often it is asked' }),
    invalidPrompts: Prompts('what a key that is no choice gets'),
    onTimeout: Id('the step after the last try without a key'),
    onInvalid: Type.Optional(
      Id('the step after the last try with a key that is no choice; default onTimeout'),
    ),
  },
  closed,
);

export const ConfirmSchema = Type.Object(
  {
    prompts: Prompts('what is to be confirmed'),
    bargeIn: Type.Boolean({ default: true, description: 'as for collect' }),
    yes: Key('the key that says yes', '1'),
    no: Key('the key that says no', '2'),
    timeoutMs: Milliseconds('how long to wait for a key after the prompts', 500, 60_000, 5000),
    tries: Type.Integer({ minimum: 1, maximum: 10, default: 2, description: 'how often it is asked' }),
    onYes: Id('the step after yes'),
    onNo: Id('the step after no'),
    onTimeout: Type.Optional(Id('the step after the last try without an answer; default onNo')),
  },
  closed,
);

export const MenuStepSchema = Type.Object(
  {
    step: Id('the id of the step, unique in its menu'),
    present: Type.Optional(PresentSchema),
    collect: Type.Optional(CollectSchema),
    confirm: Type.Optional(ConfirmSchema),
    gotoQueue: Type.Optional(
      OneOf(['sales', 'service'], {
        description:
          'sales: on to an agent of the offer (an agent presentation of it), with the offer; service: to plain service',
      }),
    ),
    hangUp: Type.Optional(Type.Literal(true, { description: 'true: the call ends here' })),
    outcome: Type.Optional(
      OneOf(['accepted', 'declined', 'no-answer', 'callback'], {
        description: 'what the exposure of the offer counts as once this step is reached',
      }),
    ),
    next: Type.Optional(Id('the step after present')),
  },
  { ...closed, description: 'exactly one of present, collect, confirm, gotoQueue and hangUp' },
);

export const MenuSchema = Type.Object(
  {
    menu: Id('the id of the menu'),
    start: Id('the first step'),
    maxSeconds: Type.Integer({
      minimum: 5,
      maximum: 3600,
      default: 300,
      description: 'a call that is in the menu for longer goes to plain service, in seconds',
    }),
    steps: Type.Array(MenuStepSchema, { minItems: 1, maxItems: 100, description: 'every step' }),
  },
  closed,
);

export type Menu = Static<typeof MenuSchema>;
export type MenuStep = Static<typeof MenuStepSchema>;
