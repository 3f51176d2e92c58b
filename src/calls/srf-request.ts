// Requests as srf hands them over, as the rest of src/calls wants them.
import type { Headers } from './cti-headers.js';
import type { DialogRequest, IncomingRequest, ResponseContent, Source } from './gateway.js';
import type { SrfRequest, SrfResponse, SrfSendOptions } from './srf-view.js';

export function sendOptions(content: ResponseContent): SrfSendOptions {
  return {
    // srf takes some headers out of the object that it is given.
    ...(content.headers === undefined ? {} : { headers: { ...content.headers } }),
    ...(content.body === undefined || content.body === '' ? {} : { body: content.body }),
  };
}

/** What a request of any kind has. */
export class GatewayRequest implements IncomingRequest {
  readonly method: string;
  readonly requestUri: string;
  readonly callId: string;
  readonly headers: Headers;
  readonly body: string;
  protected readonly req: SrfRequest;
  protected readonly res: SrfResponse;
  #isFinal = false;

  constructor(req: SrfRequest, res: SrfResponse) {
    this.req = req;
    this.res = res;
    this.method = req.method;
    this.requestUri = req.uri;
    this.headers = req.msg.headers;
    this.callId = this.headers['call-id'] ?? '';
    this.body = req.msg.body ?? '';
  }

  get source(): Source {
    return {
      address: this.req.source_address,
      port: this.req.source_port,
      protocol: this.req.protocol.toLowerCase(),
    };
  }

  /** Nothing may be sent any more. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    // srf keeps the spelling of names that begin with P-, unless it is `P-Asserted`.
    return value === undefined && name.startsWith('p-') ? this.#search(name) : value;
  }

  #search(name: string): string | undefined {
    for (const spelled in this.headers) {
      if (spelled.length === name.length && spelled.toLowerCase() === name) return this.headers[spelled];
    }
    return undefined;
  }

  respond(status: number, content: ResponseContent = {}): void {
    if (this.#isFinal) return;
    if (status >= 200) this.finished();
    this.send(status, content);
  }

  ignore(): void {
    this.finished();
    // srf keeps every INVITE until its final response, and this one gets none.
    this.pendingInvites()?.delete(this.callId);
  }

  protected finished(): void {
    this.#isFinal = true;
  }

  protected send(
    status: number,
    content: ResponseContent,
    callback?: (error: unknown, sent?: unknown) => void,
  ): void {
    const options = sendOptions(content);
    try {
      if (content.reason === undefined) this.res.send(status, options, callback);
      else this.res.send(status, content.reason, options, callback);
    } catch (error) {
      // srf throws for a status that it does not know, and when its connection is gone.
      callback?.(error);
    }
  }

  protected pendingInvites() {
    return this.req.agent.mapServer?.get(this.req.socket)?.pendingNetworkInvites;
  }
}

export class GatewayDialogRequest extends GatewayRequest implements DialogRequest {
  onCancel(listener: () => void): void {
    this.req.on('cancel', () => {
      this.finished();
      listener();
    });
  }
}
