// What drachtio-srf 5.0.29 does at run time, as far as the gateway uses it: its own type file leaves out most of this. Members
// that srf does not document are marked (internal); the gateway works on without them, less well.
import type { Server } from 'node:net';

/** Headers by srf's names: lower case, but `X-`, most `P-` and `Diversion` as received; several lines joined by a comma. */
export type SrfHeaders = Record<string, string>;

export interface SrfMessage {
  readonly method?: string;
  readonly uri?: string;
  readonly status?: number;
  readonly reason?: string;
  readonly headers: SrfHeaders;
  readonly body?: string;
}

export interface SrfSendOptions {
  readonly headers?: SrfHeaders;
  readonly body?: string;
}

/** (internal) One control connection. */
export interface SrfServerState {
  readonly pendingNetworkInvites: Map<string, { readonly req: SrfRequest; readonly res: SrfResponse }>;
}

/** (internal) */
export interface SrfFrameMeta {
  readonly address: string | undefined;
  readonly port: string | undefined;
}

/** (internal) */
export interface SrfAgent {
  /**
   * Sends a `proxy` frame; the callback gets each answer to it: `['OK', 'network', ...]` with a final response of a target,
   * `['OK', 'done']`, or `['NOK', reason]`. `Request.proxy`, which is documented, sits on top of this and mixes up the ports of
   * targets that have one address.
   */
  proxy(
    req: SrfRequest,
    options: SrfProxyOptions,
    callback: (token: readonly string[], message: string | undefined, meta: SrfFrameMeta) => void,
  ): void;
  readonly mapServer?: Map<unknown, SrfServerState>;
  readonly wp?: {
    closing?: boolean;
    readonly reconnectVars?: { readonly retryTimer?: NodeJS.Timeout | null };
  };
}

export interface SrfRequest {
  readonly msg: SrfMessage;
  readonly method: string;
  readonly uri: string;
  readonly source: string;
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
  readonly stackDialogId: string;
  readonly stackTxnId: string;
  readonly agent: SrfAgent;
  readonly socket?: unknown;
  on(event: 'cancel', listener: () => void): unknown;
  on(event: 'update', listener: (req: SrfRequest, res: SrfResponse) => void): unknown;
  on(
    event: 'response',
    listener: (res: SrfResponse, ack: (options?: SrfSendOptions) => void) => void,
  ): unknown;
  cancel(options?: SrfSendOptions): void;
}

export interface SrfProxyOptions {
  readonly stackTxnId: string;
  readonly destination: readonly string[];
  readonly headers: SrfHeaders;
  readonly remainInDialog: boolean;
  readonly fullResponse: boolean;
  readonly followRedirects: boolean;
  readonly simultaneous: boolean;
  readonly provisionalTimeout: string;
  readonly finalTimeout: string;
}

export interface SrfResponse {
  readonly msg: SrfMessage;
  readonly status: number;
  readonly source_address?: string;
  readonly stackDialogId?: string;
  send(
    status: number,
    reason: string,
    options: SrfSendOptions,
    callback?: (error: unknown, sent?: SrfMessage) => void,
  ): void;
  send(status: number, options: SrfSendOptions, callback?: (error: unknown, sent?: SrfMessage) => void): void;
}

export interface SrfRequestOptions extends SrfSendOptions {
  readonly method: string;
  readonly stackDialogId?: string;
}

export type SrfHandler = (req: SrfRequest, res: SrfResponse) => void;

export interface SrfApplication {
  connect(options: {
    readonly host: string;
    readonly port: number;
    readonly secret: string;
    readonly reconnect: { readonly retryMaxDelay: number };
  }): unknown;
  listen(options: { readonly server: Server; readonly secret: string }): unknown;
  disconnect(): void;
  use(handler: SrfHandler): unknown;
  use(method: string, handler: SrfHandler): unknown;
  request(
    uri: string,
    options: SrfRequestOptions,
    callback: (error: unknown, req?: SrfRequest) => void,
  ): unknown;
  on(
    event: 'connect',
    listener: (error: unknown, hostPorts?: string, version?: string, local?: string) => void,
  ): unknown;
  on(event: 'error' | 'close' | 'reconnecting', listener: (detail: unknown) => void): unknown;
  /** (internal) */
  readonly app?: { readonly client?: SrfAgent };
}
