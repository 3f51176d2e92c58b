// A new INVITE over srf: answered, proxied, or given legs of our own.
import { errorMessage } from '../kernel/index.js';
import { withUriHeaders } from './cti-headers.js';
import type {
  DialEvents,
  DialRequest,
  IncomingCall,
  OutgoingCall,
  ProxyCommand,
  ProxyOutcome,
  ProxyResponse,
  ResponseContent,
  SipDialog,
} from './gateway.js';
import { OutgoingRequest } from './srf-dialog.js';
import type { DialogTable } from './srf-dialog.js';
import { GatewayRequest } from './srf-request.js';
import type { SrfApplication, SrfFrameMeta, SrfHeaders, SrfRequest, SrfResponse } from './srf-view.js';

/** What a call needs of its gateway. */
export interface CallLink {
  readonly srf: SrfApplication;
  readonly dialogs: DialogTable;
  /** Searches of the engine's proxy that have not ended. */
  readonly searches: Set<(outcome: ProxyOutcome) => void>;
  /** 0 is no limit. */
  readonly maxMessageBytes: number;
  /** As in EngineFeatures. */
  readonly reportsOutcome: boolean;
  readonly isUp: boolean;
  onFinal(call: SrfCall): void;
}

export class SrfCall extends GatewayRequest implements IncomingCall {
  /** The same for the same request by another way: Call-ID, From tag and CSeq (RFC 3261 8.2.2.2). */
  readonly transaction: string;
  readonly #link: CallLink;
  #isCancelled = false;
  #onCancel: (() => void) | undefined;

  constructor(link: CallLink, req: SrfRequest, res: SrfResponse) {
    super(req, res);
    this.#link = link;
    this.transaction = `${this.callId} ${tagOf(this.header('from') ?? '')} ${this.header('cseq') ?? ''}`;
    // In the same turn as the INVITE: srf tells a CANCEL once, to whoever listens then.
    req.on('cancel', () => {
      if (this.isFinal || this.#isCancelled) return;
      this.#isCancelled = true;
      this.finished();
      this.#onCancel?.();
    });
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  onCancel(listener: () => void): void {
    this.#onCancel = listener;
    if (this.#isCancelled) listener();
  }

  proxy(command: ProxyCommand, done: (outcome: ProxyOutcome) => void): void {
    if (this.isFinal) {
      done({ kind: 'refused', reason: 'answered already' });
      return;
    }
    super.finished();
    const { searches } = this.#link;
    const settle = (outcome: ProxyOutcome): void => {
      if (!searches.delete(settle)) return;
      this.#link.onFinal(this);
      done(outcome);
    };
    searches.add(settle);
    const headers: SrfHeaders = { ...command.headers };
    // Our engine takes a header line without a value to mean: take it off (src/control/README).
    for (const name of command.remove) headers[name] = '';
    // Another word of ours with it: 503 with Retry-After when nobody was there, and an end that tells what the caller got.
    if (this.#link.reportsOutcome) headers['Retry-After'] = String(command.retryAfterSeconds);
    const options = {
      stackTxnId: this.req.stackTxnId,
      destination: command.targets.map(({ uri, headers: own }) => withUriHeaders(uri, own)),
      headers,
      remainInDialog: false,
      fullResponse: true,
      followRedirects: false,
      simultaneous: false,
      provisionalTimeout: `${command.provisionalTimeoutMs}ms`,
      finalTimeout: `${command.ringTimeoutMs}ms`,
    };
    const responses: ProxyResponse[] = [];
    try {
      this.req.agent.proxy(this.req, options, ([verdict, kind, , status], message, meta) => {
        if (verdict !== 'OK') settle({ kind: 'refused', reason: kind ?? '' });
        else if (kind === 'done') {
          settle({ kind: 'done', responses, ...(status === undefined ? {} : { status: Number(status) }) });
        } else if (message !== undefined) responses.push(proxyResponse(message, meta));
      });
    } catch (error) {
      // srf throws when the connection that the request came by is gone.
      settle(this.#link.isUp ? { kind: 'refused', reason: errorMessage(error) } : { kind: 'lost' });
    }
  }

  dial(request: DialRequest, events: DialEvents): OutgoingCall {
    const outgoing = new OutgoingRequest();
    const { srf, maxMessageBytes } = this.#link;
    if (maxMessageBytes > 0 && sizeOf(request) > maxMessageBytes) {
      // RFC 3261 21.5.7; the control link would not carry it.
      events.onRefused(513, 'Message Too Large');
      return outgoing;
    }
    const options = {
      method: 'INVITE',
      headers: { ...request.headers },
      ...(request.body === '' ? {} : { body: request.body }),
    };
    try {
      srf.request(request.uri, options, (error, req) => {
        if (req === undefined) {
          events.onRefused(503, errorMessage(error ?? 'not sent'));
          return;
        }
        outgoing.sent(req);
        this.#listen(req, events);
      });
    } catch (error) {
      events.onRefused(503, errorMessage(error));
    }
    return outgoing;
  }

  answer(content: ResponseContent, done: (dialog: SipDialog | undefined) => void): void {
    if (this.isFinal) {
      done(undefined);
      return;
    }
    this.finished();
    // The ACK may come in the same batch of frames as the answer to this, so the dialog is there before.
    const id = `${this.callId};from-tag=${tagOf(this.header('from') ?? '')}`;
    const dialog = this.#link.dialogs.open(id);
    this.send(200, content, (error) => {
      if (error === null || error === undefined) {
        done(dialog);
        return;
      }
      dialog.end('not-answered');
      done(undefined);
    });
  }

  /** srf finds the INVITE of a CANCEL by Call-ID alone: after another of the same Call-ID was refused, this one is put back. */
  keepPending(): void {
    if (!this.isFinal) this.pendingInvites()?.set(this.callId, { req: this.req, res: this.res });
  }

  protected override finished(): void {
    super.finished();
    this.#link.onFinal(this);
  }

  #listen(req: SrfRequest, events: DialEvents): void {
    // RFC 3311 5.2; srf leaves it unanswered when nobody listens.
    req.on('update', (_, res) => res.send(500, { headers: { 'Retry-After': '5' } }));
    let dialogId: string | undefined;
    req.on('response', (res, ack) => {
      const { status } = res;
      const reason = res.msg.reason ?? '';
      const content = { reason, headers: res.msg.headers, body: res.msg.body ?? '' };
      if (status < 200) events.onProvisional(status, content);
      else if (status >= 300) events.onRefused(status, reason);
      else if (dialogId === undefined) {
        dialogId = res.stackDialogId ?? '';
        let isAcknowledged = false;
        events.onAnswer({
          dialog: this.#link.dialogs.open(dialogId),
          content,
          ack: (body) => {
            if (isAcknowledged) return;
            isAcknowledged = true;
            ack(body === undefined || body === '' ? undefined : { body });
          },
        });
      }
    });
  }
}

/** Of a final response only the first line is wanted: `SIP/2.0 486 Busy Here`. */
function proxyResponse(message: string, { address, port }: SrfFrameMeta): ProxyResponse {
  const lineEnd = message.indexOf('\r\n');
  const line = lineEnd === -1 ? message : message.slice(0, lineEnd);
  return {
    status: Number(line.slice(8, 11)),
    reason: line.slice(12),
    address: address ?? '',
    port: Number(port),
  };
}

const tagParameter = /;\s*tag\s*=\s*([^;\s>]+)/i;

export function tagOf(value: string): string {
  const parameters = value.slice(value.lastIndexOf('>') + 1);
  return parameters === '' ? '' : (tagParameter.exec(parameters)?.[1] ?? '');
}

function sizeOf({ headers, body, uri }: DialRequest): number {
  let size = uri.length + Buffer.byteLength(body);
  for (const name in headers) size += name.length + Buffer.byteLength(headers[name] ?? '') + 4;
  return size;
}
