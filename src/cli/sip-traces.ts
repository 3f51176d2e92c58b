// The SIP messages of a call as the API shows them: the legs of a call together, each address by its name, masked.
import type {
  SipTraces,
  TracedCallLine,
  TraceMemory,
  TraceMessage,
  TraceParticipant,
  TraceView,
} from '../console/index.js';
import type { Settings } from '../config/index.js';
import { maskedMessage, wordsOf } from '../sip/index.js';
import type { MaskOptions, MessageTrace, TracedCall, TracedMessage } from '../sip/index.js';
import type { CallIds } from './call-ids.js';

export interface SipTracesParts {
  /** Undefined where no messages are kept. */
  readonly trace: MessageTrace | undefined;
  readonly settings: () => TracedSettings;
  readonly callIds: Pick<CallIds, 'callIdOf' | 'decisionIdsOf'>;
  /** The trunk of an address. */
  readonly trunkOf: (address: string, protocol: string) => string | undefined;
}

/** What is read of the settings. */
export interface TracedSettings {
  readonly centres: { readonly centres: readonly Pick<Centre, 'centre' | 'host' | 'port'>[] };
  readonly process: {
    readonly log: Pick<Settings['process']['log'], 'personalData'>;
    readonly sip: Pick<Settings['process']['sip'], 'engine'>;
  };
}

type Centre = Settings['centres']['centres'][number];

/** Of a header, or of a Contact's URI that has it for the next INVITE. */
const decisionIdPattern = /\bX-Decision-ID(?:: *|=)([A-Za-z0-9_-]{1,64})/i;

/** What messages without a Call-ID are listed and asked for by; no Call-ID has a space in it. */
const noCallId = '(no Call-ID)';

/** Headers of ours that tell who the customer is. */
const personalHeaders = new Set(['x-customer-ref']);

export function sipTraces(parts: SipTracesParts): SipTraces {
  return {
    trace: (id, after) => traceView(parts, id === noCallId ? '' : id, after),
    list: (limit) => {
      const { trace } = parts;
      const calls = trace === undefined ? [] : [...trace.calls()].filter(isNoCheck);
      const newest = calls.slice(-limit).toReversed();
      const known = parts.callIds.decisionIdsOf(newest.map(({ callId }) => callId));
      return { calls: newest.map((call) => lineOf(call, known, parts)), memory: memoryOf(parts) };
    },
  };
}

function traceView(parts: SipTracesParts, id: string, after: number): TraceView {
  const { trace } = parts;
  const { decisionId, callIds } = trace === undefined ? nothing : legsOf(id, trace, parts);
  const messages = trace?.messagesOf(callIds) ?? [];
  const participants = participantsOf(messages, parts);
  const options = maskOf(parts);
  const places = new Map(participants.map(({ address }, i) => [address, i]));
  const seen = new Set<string>();
  const start = messages[0]?.at ?? 0;
  const shown = messages.map((message): TraceMessage => {
    const { number, at, isSent, protocol, local, peer, callId, text } = message;
    const { kind, method, status, label, cseq, hasSdp } = wordsOf(text);
    const way = [places.get(local) ?? 0, places.get(peer) ?? 0] as const;
    const copyKey = `${isSent} ${peer} ${text}`;
    const isRetransmission = seen.has(copyKey);
    seen.add(copyKey);
    return {
      number,
      at: new Date(at).toISOString(),
      atMs: Math.round((at - start) * 1000) / 1000,
      from: isSent ? way[0] : way[1],
      to: isSent ? way[1] : way[0],
      protocol,
      callId,
      kind,
      method,
      status: kind === 'response' ? status : null,
      label: kind === 'malformed' ? readable(maskedMessage(label, options)) : label,
      cseq: cseq < 0 ? null : cseq,
      hasSdp,
      isRetransmission,
      text: readable(maskedMessage(text, options)),
    };
  });
  return {
    decisionId: decisionId ?? null,
    callIds,
    isMasked: !options.isPersonalShown,
    dropped: trace === undefined ? 0 : droppedOf(trace, callIds),
    participants,
    messages: shown.filter(({ number }) => number > after),
    last: trace?.lastNumber ?? 0,
    memory: memoryOf(parts),
  };
}

const nothing = { decisionId: undefined, callIds: [] } as const;

/** All Call-IDs of the call that `id` is a part of: the caller's, then those that we made for it. */
function legsOf(
  id: string,
  trace: MessageTrace,
  { callIds: known }: SipTracesParts,
): { readonly decisionId: string | undefined; readonly callIds: readonly string[] } {
  const ofId = trace.messagesOf([id]);
  const fromMessages = ofId.map(decisionIdIn).find((one) => one !== undefined);
  const isDecision = ofId.length === 0;
  const decisionId = known.decisionIdsOf([id]).get(id) ?? fromMessages ?? (isDecision ? id : undefined);
  const caller = decisionId === undefined ? undefined : known.callIdOf(decisionId);
  const ours = decisionId === undefined ? [] : trace.callsWith(`\r\nX-Decision-ID: ${decisionId}\r\n`);
  const all = [...new Set([...(caller === undefined ? [] : [caller]), ...(isDecision ? [] : [id]), ...ours])];
  const isKnown = caller !== undefined || ours.length > 0 || !isDecision;
  return { decisionId: isKnown ? decisionId : undefined, callIds: all };
}

/** Our checks of the centres, every few seconds, would hide the calls of a quiet hour. */
function isNoCheck({ first }: TracedCall): boolean {
  return !first.isSent || !first.text.startsWith('OPTIONS ');
}

/** As we wrote it; a peer may write what it likes. */
function decisionIdIn({ isSent, text }: TracedMessage): string | undefined {
  return isSent ? decisionIdPattern.exec(text)?.[1] : undefined;
}

/** Who began, the caller or we, then the others in the order in which they came into it. */
function participantsOf(
  messages: readonly TracedMessage[],
  { settings, trunkOf }: SipTracesParts,
): readonly TraceParticipant[] {
  const centres = new Map(
    settings().centres.centres.map(({ centre, host, port }) => [`${host}:${port}`, centre]),
  );
  const locals = [...new Set(messages.map(({ local }) => local))];
  const peers = new Map(messages.map(({ peer, protocol }) => [peer, protocol]));
  const named = [...peers].map(([address, protocol]): TraceParticipant => {
    const centre = centres.get(address);
    if (centre !== undefined) return { address, name: centre, kind: 'centre' };
    const trunk = trunkOf(address.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''), protocol);
    return trunk === undefined
      ? { address, name: null, kind: 'peer' }
      : { address, name: trunk, kind: 'trunk' };
  });
  const ours = locals.map((address): TraceParticipant => ({ address, name: 'proffer', kind: 'router' }));
  const callers = messages[0]?.isSent === true ? 0 : 1;
  return [...named.slice(0, callers), ...ours, ...named.slice(callers)];
}

function maskOf({ settings }: SipTracesParts): MaskOptions {
  return { isPersonalShown: settings().process.log.personalData, personalHeaders };
}

/** Text is a byte string in the engine; people read UTF-8. */
function readable(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function droppedOf(trace: MessageTrace, callIds: readonly string[]): number {
  let dropped = 0;
  for (const call of trace.calls()) if (callIds.includes(call.callId)) dropped += call.dropped;
  return dropped;
}

function memoryOf({ trace, settings }: SipTracesParts): TraceMemory {
  const figures = trace?.figures;
  const isDrachtio = settings().process.sip.engine === 'drachtio';
  return {
    isOn: trace !== undefined,
    why: trace !== undefined ? 'on' : isDrachtio ? 'drachtio-server' : 'off',
    messages: figures?.messages ?? 0,
    calls: figures?.calls ?? 0,
    bytes: figures?.bytes ?? 0,
    keepBytes: figures?.keepBytes ?? 0,
    oldestSeconds: figures?.oldestAgeMs === undefined ? null : Math.round(figures.oldestAgeMs / 1000),
  };
}

function lineOf(
  { callId, messages, firstAt, lastAt, first }: TracedCall,
  known: ReadonlyMap<string, string>,
  parts: SipTracesParts,
): TracedCallLine {
  const shown = readable(maskedMessage(first.text, maskOf(parts)));
  const { label } = wordsOf(shown);
  return {
    callId: callId === '' ? noCallId : callId,
    decisionId: known.get(callId) ?? decisionIdIn(first) ?? null,
    startedAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    messages,
    label,
    from: addressOf(shown, 'From|f'),
    to: addressOf(shown, 'To|t'),
    peer: first.peer,
  };
}

/** The URI of a header, without what else is in it. */
function addressOf(text: string, names: string): string {
  const value = new RegExp(`\\r?\\n(?:${names})[ \\t]*:([^\\r\\n]*)`, 'i').exec(text)?.[1] ?? '';
  return (/<([^>]*)>/.exec(value)?.[1] ?? value.split(';', 1)[0] ?? '').trim();
}
