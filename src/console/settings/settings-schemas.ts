// Bodies and answers of the settings routes.
import { Type } from 'typebox';

export const closed = { additionalProperties: false } as const;

const Path = Type.Array(Type.Union([Type.String({ maxLength: 200 }), Type.Integer({ minimum: 0 })]), {
  minItems: 1,
  maxItems: 20,
});
const Change = Type.Union([
  Type.Object(
    {
      path: Path,
      op: Type.Union([Type.Literal('set'), Type.Literal('insert')]),
      value: Type.Unknown(),
    },
    closed,
  ),
  Type.Object({ path: Path, op: Type.Literal('remove') }, closed),
  Type.Object({ path: Path, op: Type.Literal('move'), to: Type.Integer({ minimum: 0 }) }, closed),
]);
const Changes = Type.Array(Change, { maxItems: 2000 });
const Version = Type.String({ minLength: 1, maxLength: 64 });
const Comment = Type.String({ maxLength: 500 });
const File = Type.String({ minLength: 1, maxLength: 64 });

export const CheckBody = Type.Object({ file: File, version: Version, changes: Changes }, closed);
export const SaveBody = Type.Object(
  { version: Version, changes: Changes, comment: Type.Optional(Comment) },
  closed,
);
export const UndoBody = Type.Union([Type.Null(), Type.Object({ comment: Type.Optional(Comment) }, closed)]);
export const SwitchBody = Type.Object(
  {
    isOn: Type.Optional(Type.Boolean()),
    percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    comment: Type.Optional(Comment),
  },
  closed,
);
export const FileParams = Type.Object({ file: File });
export const EditParams = Type.Object({ edit: Type.String({ pattern: '^[0-9]{1,15}$' }) });
export const SwitchParams = Type.Object({ switch: Type.String({ minLength: 1, maxLength: 200 }) });
const Whole = Type.String({ pattern: '^[0-9]{1,15}$' });
export const HistoryQuery = Type.Object(
  {
    file: Type.Optional(File),
    subject: Type.Optional(Type.String({ maxLength: 200 })),
    before: Type.Optional(Whole),
    limit: Type.Optional(Whole),
  },
  closed,
);

const Problem = Type.Object({
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
  field: Type.String(),
  message: Type.String(),
});
const Problems = Type.Array(Problem);

export const SettingsAnswer = Type.Object({
  files: Type.Array(
    Type.Object({
      file: Type.String(),
      title: Type.String(),
      version: Type.String(),
      text: Type.String(),
      values: Type.Unknown(),
      schema: Type.Unknown(),
    }),
  ),
  problems: Problems,
  restartFields: Type.Array(Type.String()),
});
export const CheckAnswerBody = Type.Object({ problems: Problems, diff: Type.String(), text: Type.String() });
export const SavedBody = Type.Object({
  edit: Type.Integer(),
  version: Type.String(),
  diff: Type.String(),
  running: Type.Object({
    state: Type.String(),
    needRestart: Type.Array(Type.String()),
    problems: Problems,
  }),
});
const Refusal = Type.Object({ code: Type.String(), message: Type.String() });
export const ConflictBody = Type.Object({
  code: Type.String(),
  message: Type.String(),
  version: Type.Optional(Type.String()),
  changedBy: Type.Optional(Type.Object({ actor: Type.String(), at: Type.String(), edit: Type.Integer() })),
  diff: Type.Optional(Type.String()),
});
export const InvalidBody = Type.Object({
  code: Type.String(),
  message: Type.String(),
  problems: Type.Optional(Problems),
});
export const HistoryAnswer = Type.Object({
  edits: Type.Array(
    Type.Object({
      edit: Type.Integer(),
      at: Type.String(),
      actor: Type.String(),
      action: Type.String(),
      file: Type.String(),
      subject: Type.Union([Type.String(), Type.Null()]),
      comment: Type.String(),
      diff: Type.String(),
      beforeVersion: Type.String(),
      afterVersion: Type.String(),
      undoOf: Type.Union([Type.Integer(), Type.Null()]),
      undoneBy: Type.Union([Type.Integer(), Type.Null()]),
      state: Type.String(),
      canUndo: Type.Boolean(),
    }),
  ),
});
export const SwitchesAnswer = Type.Object({
  switches: Type.Array(
    Type.Object({
      switch: Type.String(),
      kind: Type.String(),
      id: Type.String(),
      name: Type.String(),
      partner: Type.Optional(Type.String()),
      isOn: Type.Boolean(),
      percent: Type.Optional(Type.Number()),
      last: Type.Optional(
        Type.Object({
          actor: Type.String(),
          at: Type.String(),
          edit: Type.Integer(),
          comment: Type.String(),
        }),
      ),
    }),
  ),
});
/** Of every route that changes something. */
export const saveAnswers = {
  200: SavedBody,
  403: Refusal,
  404: Refusal,
  409: ConflictBody,
  422: InvalidBody,
  503: Refusal,
};
