// What the answers of the trace API look like, for the document of the API.
import { Type } from 'typebox';

const Text = Type.String();
const OrNull = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Number>>(one: T) =>
  Type.Union([one, Type.Null()]);

const Memory = Type.Object({
  isOn: Type.Boolean(),
  why: Type.String({ description: 'on, drachtio-server, or off (sip.trace.keepBytes is 0)' }),
  messages: Type.Integer(),
  calls: Type.Integer(),
  bytes: Type.Integer(),
  keepBytes: Type.Integer(),
  oldestSeconds: OrNull(Type.Number()),
});

export const TraceSchema = Type.Object({
  decisionId: OrNull(Text),
  callIds: Type.Array(Text),
  isMasked: Type.Boolean({ description: 'numbers, names and bodies are hidden: log.personalData is off' }),
  dropped: Type.Integer({ description: 'messages of the call that did not fit' }),
  participants: Type.Array(Type.Object({ address: Text, name: OrNull(Text), kind: Text })),
  messages: Type.Array(
    Type.Object({
      number: Type.Integer(),
      at: Type.String({ description: 'ISO 8601' }),
      atMs: Type.Number(),
      from: Type.Integer(),
      to: Type.Integer(),
      protocol: Text,
      callId: Text,
      kind: Text,
      method: Text,
      status: OrNull(Type.Number()),
      label: Text,
      cseq: OrNull(Type.Number()),
      hasSdp: Type.Boolean(),
      isRetransmission: Type.Boolean(),
      text: Text,
    }),
  ),
  last: Type.Integer({ description: '`after` of the next question' }),
  memory: Memory,
});

export const TraceListSchema = Type.Object({
  calls: Type.Array(
    Type.Object({
      callId: Text,
      decisionId: OrNull(Text),
      startedAt: Text,
      lastAt: Text,
      messages: Type.Integer(),
      label: Text,
      from: Text,
      to: Text,
      peer: Text,
    }),
  ),
  memory: Memory,
});
