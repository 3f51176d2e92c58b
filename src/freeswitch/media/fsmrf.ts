// What drachtio-fsmrf 4.1.2 and the drachtio-modesl under it are at run time, as far as we use them; neither ships types. They are
// loaded here and nowhere else, hardened (harden-modesl.ts), from one copy: the one that drachtio-fsmrf resolves.
import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { harden } from './harden-modesl.js';
import type { HardenedClasses } from './harden-modesl.js';

/** A message of FreeSWITCH: an event, a reply or an answer to `api`. */
export interface EslEvent {
  getHeader(name: string): string | null;
  getBody(): string;
}

/** modesl's Connection, either way: to FreeSWITCH (inbound socket) or from it (outbound socket, one call). */
export interface EslConnection {
  socket: Socket | null;
  closing?: boolean;
  on(event: string, listener: (...values: never[]) => void): unknown;
  removeAllListeners(): unknown;
  connected(): boolean;
  getInfo(): EslEvent | null;
  send(command: string, headers?: Readonly<Record<string, string>>): void;
  sendRecv(command: string, callback?: (reply: EslEvent) => void): void;
  api(command: string, callback: (answer: EslEvent) => void): void;
  execute(application: string, argument: string): void;
}

/** modesl's server for outbound sockets, over a net.Server of ours. */
export interface EslServer {
  on(
    event: 'connection::open' | 'connection::ready',
    listener: (connection: EslConnection, id: string) => void,
  ): unknown;
}

/** srf's Dialog, as far as fsmrf and we use it. */
export interface SrfMediaDialog extends EventEmitter {
  readonly local: { sdp?: string; contact?: string };
  readonly remote: { sdp?: string };
  connected: boolean;
  destroy(...values: unknown[]): unknown;
  modify(sdp: string): Promise<string>;
  handle(request: SrfDialogRequest, response: SrfDialogResponse): void;
}
export interface SrfDialogRequest {
  readonly method: string;
  readonly body?: string;
}
export interface SrfDialogResponse {
  send(status: number, options?: { readonly headers: Record<string, string>; readonly body?: string }): void;
}

/** srf as fsmrf sees it. */
export interface SrfForMedia {
  createUAC(uri: string, options: object): Promise<SrfMediaDialog>;
}

/** One leg at FreeSWITCH with its outbound socket. */
export interface FsmrfEndpoint extends EventEmitter {
  readonly uuid: string;
  readonly conn: EslConnection | null;
  readonly dialog: SrfMediaDialog;
  readonly local: { readonly sdp: string | null };
  execute(
    application: string,
    argument: string,
    callback: (error: unknown, event: EslEvent | undefined) => void,
  ): unknown;
}

export interface FsmrfMediaServer extends EventEmitter {
  _conn: Pick<EslConnection, 'connected'>;
  readonly pendingConnections: Map<string, unknown>;
  readonly sip: { readonly ipv4: { readonly udp: { address?: string } } };
  createEndpoint(options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly remoteSdp?: string;
  }): Promise<FsmrfEndpoint>;
  _onNewCall(connection: EslConnection, id: string): void;
}

interface Classes extends HardenedClasses {
  readonly Connection: HardenedClasses['Connection'] &
    (new (host: string, port: number, secret: string, onReady: () => void) => EslConnection);
  readonly Server: new (options: { readonly server: Server; readonly myevents: false }) => EslServer;
}

const requireHere = createRequire(import.meta.url);
const requireFromFsmrf = createRequire(requireHere.resolve('drachtio-fsmrf'));

export const modesl = requireFromFsmrf('drachtio-modesl') as Classes;
export const MediaServer = requireFromFsmrf('./mediaserver') as new () => FsmrfMediaServer;
const Endpoint = requireFromFsmrf('./endpoint') as { readonly prototype: { _onError(error: unknown): void } };

harden(modesl);
// Deviation: fsmrf writes socket errors of a leg to the console; the connection tells us of them itself.
Endpoint.prototype._onError = () => undefined;
