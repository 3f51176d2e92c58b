// One request from the network that the user of the engine has to answer or proxy.
import type { Clock, Timer } from '../kernel/index.js';
import { dialogIdOf } from './dialog/dialog.js';
import type { Dialog } from './dialog/dialog.js';
import type { ReliableProvisionals } from './dialog/reliable-provisionals.js';
import type { SipMessage } from './message/sip-message.js';
import type { ProxyContext } from './proxy/proxy-options.js';
import type { ServerTransaction, ServerWatcher } from './transaction/server-transaction.js';
import type { Flow } from './transport/transport.js';

/** open: waits for the user; answered: the user sent a final response; proxied; closed: the engine ended it. */
export type ExchangePhase = 'open' | 'answered' | 'proxied' | 'closed';

export class ServerExchange implements ServerWatcher {
  /** Handle for the user. An UPDATE that comes before its INVITE is answered has that of the INVITE. */
  readonly id: string;
  readonly server: ServerTransaction;
  /** The dialog it belongs to, or formed. */
  dialog: Dialog | undefined;
  /** It came inside a dialog. */
  readonly isInDialog: boolean;
  phase: ExchangePhase = 'open';
  /** A response other than 100 was sent. */
  hasResponded = false;
  /** Of an INVITE: an UPDATE that waits for its answer and shares the id. */
  earlyUpdate: ServerExchange | undefined;
  /** Of an INVITE: its provisional responses that want a PRACK. */
  reliable: ReliableProvisionals | undefined;
  /** Of an INVITE: the session description that our responses gave last. */
  localSdp = '';
  /** Set while the proxy has it. */
  proxying: ProxyContext | undefined;
  /** Whoever the user says it was given to. */
  owner: unknown;
  #timer: Timer | undefined;
  #tryingTimer: Timer | undefined;
  #dialogId: string | undefined;
  #index: Map<string, ServerExchange> | undefined;

  constructor(server: ServerTransaction, dialog: Dialog | undefined, id = server.id) {
    this.id = id;
    this.server = server;
    this.dialog = dialog;
    this.isInDialog = dialog !== undefined;
  }

  get request(): SipMessage {
    return this.server.request;
  }

  get flow(): Flow {
    return this.server.flow;
  }

  /** Id of the dialog it belongs to or may form. */
  get dialogId(): string {
    return (this.#dialogId ??= this.dialog?.id ?? dialogIdOf(this.server.request));
  }

  /** Watches the transaction. @param index where it can be found by its id, until that has retired */
  watch(index: Map<string, ServerExchange> | undefined): void {
    this.#index = index;
    index?.set(this.id, this);
    this.server.watcher = this;
  }

  onRetired(): void {
    this.#index?.delete(this.id);
  }

  onTerminated(): void {
    this.#index?.delete(this.id);
    this.settle(this.phase === 'open' ? 'closed' : this.phase);
  }

  /** Starts the time the user has to answer, anew. */
  expireAfter(clock: Clock, ms: number, onExpired: () => void): void {
    this.#timer?.cancel();
    this.#timer = clock.after(ms, 'answer', onExpired);
  }

  /** Sends 100 after `ms`, unless `dropTrying` comes first. */
  tryAfter(clock: Clock, ms: number, send: (exchange: ServerExchange) => void): void {
    this.#tryingTimer = clock.after(ms, 'trying', () => {
      this.#tryingTimer = undefined;
      send(this);
    });
  }

  /** @returns true when a 100 was due and now is not */
  dropTrying(): boolean {
    const wasDue = this.#tryingTimer !== undefined;
    this.#tryingTimer?.cancel();
    this.#tryingTimer = undefined;
    return wasDue;
  }

  /** No longer open: nothing expires any more. */
  settle(phase: ExchangePhase): void {
    this.phase = phase;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.dropTrying();
  }
}
