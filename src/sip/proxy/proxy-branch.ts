// One target of a proxied request: resolve, send, its timers, and a CANCEL that leaves nothing behind (RFC 3261 16.6 to 16.8).
import type { Timer } from '../../kernel/index.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { ClientHandlers, ClientTransaction } from '../transaction/client-transaction.js';
import type { HeaderField } from '../transaction/generated-requests.js';
import { retryAfterMs } from '../transport/resolver/index.js';
import type { Flow, Target } from '../transport/transport.js';
import type { ProxyParts } from './proxy-parts.js';

export interface BranchUser {
  /** For the log. */
  readonly callId: string;
  /** The copy for this target. */
  forwarded(uri: string, target: Target): SipMessage;
  /** The branch of its transaction; a new one each time. */
  nextBranch(): string;
  onProvisional(branch: ProxyBranch, response: SipMessage): void;
  /** A final response; of an INVITE any 2xx, also of a branch that was left. */
  onFinal(branch: ProxyBranch, response: SipMessage, flow: Flow): void;
  /**
   * No response: 408 when it stayed silent, 503 when it could not be sent to.
   * @param addresses of the same target that were not tried
   */
  onFailure(branch: ProxyBranch, status: 408 | 503, addresses: readonly Target[]): void;
}

export interface BranchTimeouts {
  readonly provisionalMs: number | undefined;
  readonly finalMs: number | undefined;
  readonly timerCMs: number;
}

export class ProxyBranch implements ClientHandlers {
  readonly uri: string;
  readonly #parts: ProxyParts;
  readonly #user: BranchUser;
  readonly #timeouts: BranchTimeouts;
  #addresses: readonly Target[] = [];
  #nextAddress = 0;
  #transaction: ClientTransaction | undefined;
  #provisionalTimer: Timer | undefined;
  #finalTimer: Timer | undefined;
  #timerC: Timer | undefined;
  /** A 503 of one address, while the next one is tried. */
  #refusal: { readonly response: SipMessage; readonly flow: Flow } | undefined;
  #hasProvisional = false;
  #isCancelled = false;
  readonly #startedAt: number;
  #isOver = false;

  constructor(uri: string, parts: ProxyParts, user: BranchUser, timeouts: BranchTimeouts) {
    this.uri = uri;
    this.#parts = parts;
    this.#user = user;
    this.#timeouts = timeouts;
    this.#startedAt = parts.clock.now();
  }

  /** It has answered, so a CANCEL reaches it and a final response is to be awaited. */
  get isProceeding(): boolean {
    return this.#hasProvisional && !this.#isOver;
  }

  /** What is left of the final timeout. */
  get finalMsLeft(): number | undefined {
    const { finalMs } = this.#timeouts;
    return finalMs === undefined
      ? undefined
      : Math.max(1, finalMs - (this.#parts.clock.now() - this.#startedAt));
  }

  /** The request as sent, or its outline some time after its final response; undefined before. */
  get request(): SipMessage | undefined {
    return this.#transaction?.request;
  }

  /** As `start`, with the addresses that another branch for the target has left. */
  startWith(addresses: readonly Target[]): void {
    this.#resolved(addresses);
  }

  /** May report a failure before it returns. */
  start(): void {
    const uri = parseSipUri(this.uri);
    if (uri === null) {
      this.#fail(503);
      return;
    }
    try {
      const found = this.#parts.resolve(uri);
      if (found instanceof Promise) found.then(this.#resolved, this.#unresolved);
      else this.#resolved(found);
    } catch (error) {
      this.#unresolved(error);
    }
  }

  /** Leaves the target: cancels what was sent. Nothing more is reported but a 2xx. */
  leave(extraHeaders?: readonly HeaderField[]): void {
    if (this.#isOver) return;
    this.#end();
    this.#transaction?.cancel(extraHeaders);
  }

  /** Cancels, and goes on waiting for the final response if one can be expected. */
  cancel(extraHeaders?: readonly HeaderField[]): void {
    if (!this.isProceeding) {
      this.leave(extraHeaders);
      return;
    }
    this.#isCancelled = true;
    this.#stopTimers();
    this.#transaction?.cancel(extraHeaders);
  }

  onResponse(response: SipMessage, flow: Flow): void {
    const { statusCode } = response;
    if (statusCode >= 200) {
      if (statusCode === 503 && !this.#isOver && this.#goOn(retryAfterMs(response.get('retry-after')))) {
        this.#refusal = { response, flow };
        return;
      }
      const wasOver = this.#isOver;
      this.#end();
      if (!wasOver || statusCode < 300) this.#user.onFinal(this, response, flow);
      return;
    }
    if (this.#isOver) return;
    if (!this.#hasProvisional && this.#addresses.length > 1 && this.#transaction !== undefined)
      this.#parts.failed?.remove(this.#transaction.target);
    this.#hasProvisional = true;
    this.#provisionalTimer?.cancel();
    // RFC 3261 16.7 step 2: every provisional but 100 starts timer C again.
    if (statusCode > 100 && this.#timerC !== undefined) this.#startTimerC();
    if (statusCode > 100) this.#user.onProvisional(this, response);
  }

  onTimeout(): void {
    if (this.#isOver || (!this.#hasProvisional && this.#goOn())) return;
    this.#fail(408);
  }

  onTransportError(error: Error): void {
    this.#parts.log.debug({ err: error, callId: this.#user.callId }, 'proxy target not reached');
    if (!this.#isOver && !this.#goOn()) this.#fail(503);
  }

  /** RFC 3263 4.3: the next address of the same target, unless one has answered and been asked to stop. */
  #goOn(avoidMs?: number): boolean {
    this.#noteFailure(avoidMs);
    if (this.#nextAddress >= this.#addresses.length || this.#isCancelled) return false;
    this.#hasProvisional = false;
    this.#send();
    return true;
  }

  #noteFailure(avoidMs?: number): void {
    const target = this.#transaction?.target;
    if (target !== undefined && this.#addresses.length > 1) this.#parts.failed?.add(target, avoidMs);
  }

  readonly #resolved = (addresses: readonly Target[]): void => {
    if (this.#isOver) return;
    this.#addresses = addresses;
    if (addresses.length === 0) this.#fail(503);
    else this.#send();
  };

  readonly #unresolved = (error: unknown): void => {
    this.#parts.log.debug({ err: error, callId: this.#user.callId }, 'proxy target not resolved');
    this.#fail(503);
  };

  #send(): void {
    const target = this.#addresses[this.#nextAddress++];
    if (target === undefined) return;
    const request = this.#user.forwarded(this.uri, target);
    this.#transaction = this.#parts.layer.request(request, target, this, this.#user.nextBranch());
    const { provisionalMs, finalMs } = this.#timeouts;
    if (provisionalMs !== undefined) {
      this.#provisionalTimer?.cancel();
      this.#provisionalTimer = this.#startTimer('proxy-provisional', () => this.#giveUp(true), provisionalMs);
    }
    if (finalMs !== undefined) {
      this.#finalTimer ??= this.#startTimer('proxy-final', () => this.#giveUp(), finalMs);
    }
    // Timer C is for INVITE alone (16.6 step 11); a final timeout that comes first makes it needless.
    if (request.method === 'INVITE' && (finalMs ?? Infinity) > this.#timeouts.timerCMs) this.#startTimerC();
  }

  #startTimer(name: string, fn: () => void, ms: number): Timer {
    return this.#parts.clock.after(ms, name, fn);
  }

  #startTimerC(): void {
    this.#timerC?.cancel();
    this.#timerC = this.#startTimer('timer-c', () => this.#giveUp(), this.#timeouts.timerCMs);
  }

  /** RFC 3261 16.8: CANCEL, and go on as if a 408 had come. One that was silent may have other addresses. */
  #giveUp(wasSilent = false): void {
    if (wasSilent) this.#noteFailure();
    this.leave();
    if (this.#refusal !== undefined && this.#nextAddress >= this.#addresses.length) this.#reportRefusal();
    else this.#user.onFailure(this, 408, wasSilent ? this.#addresses.slice(this.#nextAddress) : []);
  }

  /** What an address said before those after it said nothing. */
  #reportRefusal(): void {
    if (this.#refusal !== undefined) this.#user.onFinal(this, this.#refusal.response, this.#refusal.flow);
  }

  #fail(status: 408 | 503): void {
    if (this.#isOver) return;
    this.#end();
    if (this.#refusal !== undefined) this.#reportRefusal();
    else this.#user.onFailure(this, status, []);
  }

  #end(): void {
    this.#isOver = true;
    this.#stopTimers();
  }

  #stopTimers(): void {
    this.#provisionalTimer?.cancel();
    this.#finalTimer?.cancel();
    this.#timerC?.cancel();
    this.#timerC = undefined;
  }
}
