// The caller's leg to an IVR port: opens a port at one program after the other, answers the caller once one is open, and knows when
// the caller, the port or the router goes away. What is said on the port is another's business (conversation.ts).
import type { Timer } from '../../kernel/index.js';
import type { IvrBank, IvrPort, PortFailure } from '../../callcenter/index.js';
import type { RouteStep } from '../../decision/index.js';
import { stepHeaders } from '../cti-headers.js';
import type { SipDialog } from '../gateway.js';
import type { Termination } from '../termination.js';
import { answerInDialog } from './caller-requests.js';
import { HeldMedia } from './held-media.js';
import type { IvrCall } from './move-on.js';

export interface LegListener {
  /** The caller is answered and hears the port. */
  onUp(port: IvrPort, step: RouteStep): void;
  /** No program had a port. The caller is not answered, and the leg does nothing any more. */
  onNoPort(): void;
  /** The port is gone while the caller, who is answered, is still there. The leg waits for `handOver` or `hangUp`. */
  onPortGone(): void;
  /** The caller is gone, before or after the answer; `ended` and `released` follow at once. */
  onCallerGone(): void;
}

export interface LegOptions {
  readonly routed: IvrCall;
  readonly bank: IvrBank;
  /** Programs, each a destination. */
  readonly steps: readonly RouteStep[];
  readonly listener: LegListener;
}

/** What is handed over. */
export interface HandedOver {
  readonly caller: SipDialog;
  readonly callerSdp: string;
  /** What the caller was answered. */
  readonly media: HeldMedia;
  readonly port: IvrPort | undefined;
  readonly step: RouteStep;
}

/** RFC 3261 13.3.1.4: an answer whose ACK does not come in 64 x T1 is given up. */
const ackLimitMs = 32_000;

type Phase = 'opening' | 'answering' | 'up' | 'over';

/** A port that is open, from the answer to the caller on. */
interface Opened {
  readonly port: IvrPort;
  readonly step: RouteStep;
  readonly media: HeldMedia;
  isPortGone: boolean;
}

export class IvrLeg {
  readonly #options: LegOptions;
  #phase: Phase = 'opening';
  #next = 0;
  #opened: Opened | undefined;
  #caller: SipDialog | undefined;
  #callerSdp: string;
  #ackTimer: Timer | undefined;

  constructor(options: LegOptions) {
    this.#options = options;
    this.#callerSdp = options.routed.call.body;
  }

  start(): void {
    this.#openNext();
  }

  /** The caller gave up before the answer. */
  cancel(): void {
    if (this.#phase !== 'opening' && this.#phase !== 'answering') return;
    this.#callerGone({ result: 'client-error', reason: 'cancelled' }, 487);
  }

  /** The router stops, or the engine is gone. */
  abandon(reason: string): void {
    if (this.#phase === 'over') return;
    const { call, times } = this.#options.routed;
    const isAnswered = this.#phase !== 'opening';
    if (!isAnswered) call.respond(503, { headers: { 'Retry-After': String(times.retryAfterSeconds) } });
    this.#finish({ result: 'server-error', reason }, isAnswered ? 200 : 503);
  }

  /** Ends the call of an answered caller. */
  hangUp(termination: Termination): void {
    if (this.#phase === 'up') this.#finish(termination, 200);
  }

  /** Gives caller and port to somebody else; from now on they are no business of this leg. Undefined when the leg is not up. */
  handOver(): HandedOver | undefined {
    const [opened, caller] = [this.#opened, this.#caller];
    if (this.#phase !== 'up' || opened === undefined || caller === undefined) return undefined;
    this.#close();
    const port = opened.isPortGone ? undefined : opened.port;
    if (port === undefined) this.#options.routed.left();
    return { caller, callerSdp: this.#callerSdp, media: opened.media, port, step: opened.step };
  }

  #openNext(): void {
    const { routed, bank, steps, listener } = this.#options;
    const index = this.#next++;
    const step = steps[index];
    if (step?.target.kind !== 'destination') {
      this.#close();
      listener.onNoPort();
      return;
    }
    routed.trying(step);
    const { id, centre } = step.target.destination;
    const { decision, call } = routed;
    const request = {
      centre,
      program: id.slice(centre.length + 1),
      decisionId: decision.decisionId,
      sdpOffer: call.body,
      headers: stepHeaders(decision, step.offer),
    };
    const lost: PortFailure = {
      kind: 'failure',
      reason: 'unreachable',
      detail: 'the IVR bank broke its promise',
    };
    bank.open(request).then(
      (answer) => this.#answered(index, step, answer),
      () => this.#answered(index, step, lost),
    );
  }

  #answered(index: number, step: RouteStep, answer: IvrPort | PortFailure): void {
    if (this.#phase !== 'opening') {
      if (!('kind' in answer)) answer.close();
      return;
    }
    const { routed } = this.#options;
    if ('kind' in answer) {
      routed.attempted(index, step, { status: undefined, reason: `ivr-${answer.reason}` });
      this.#openNext();
      return;
    }
    routed.attempted(index, step, { status: 200, reason: 'OK' });
    const opened: Opened = { port: answer, step, media: new HeldMedia(answer.sdp), isPortGone: false };
    this.#opened = opened;
    this.#phase = 'answering';
    answer.onEnded(() => this.#portGone(opened));
    routed.call.answer({ headers: { 'Content-Type': 'application/sdp' }, body: answer.sdp }, (dialog) =>
      this.#up(opened, dialog),
    );
  }

  #up(opened: Opened, dialog: SipDialog | undefined): void {
    if (this.#phase !== 'answering') {
      dialog?.bye();
      return;
    }
    if (dialog === undefined) {
      this.#callerGone({ result: 'client-error', reason: 'cancelled' }, 487);
      return;
    }
    this.#phase = 'up';
    this.#caller = dialog;
    const { routed, listener } = this.#options;
    routed.connected(opened.step);
    const isDelayedOffer = routed.call.body === '';
    if (isDelayedOffer) {
      this.#ackTimer = routed.clock.after(ackLimitMs, 'ivr-ack', () =>
        this.hangUp({ result: 'client-error', reason: 'no-ack' }),
      );
    }
    dialog.listen({
      onRequest: (request) => answerInDialog(request, opened.media, this.#callerSdp),
      onAck: (body) => this.#acknowledged(opened, body),
      onEnded: () => this.#callerGone({ result: 'success', reason: 'caller-hung-up' }, 200),
    });
    // The caller may be gone within `listen`, and the port while the answer was on its way.
    if (!this.#isUp()) return;
    if (opened.isPortGone) listener.onPortGone();
    else if (!isDelayedOffer) listener.onUp(opened.port, opened.step);
  }

  /** Of a delayed offer the ACK holds the SDP answer, and there are no media before it. */
  #acknowledged(opened: Opened, body: string): void {
    if (this.#ackTimer === undefined || this.#phase !== 'up') return;
    this.#ackTimer.cancel();
    this.#ackTimer = undefined;
    this.#callerSdp = body;
    if (opened.isPortGone) return;
    opened.port.acknowledge(body);
    this.#options.listener.onUp(opened.port, opened.step);
  }

  #portGone(opened: Opened): void {
    if (this.#phase === 'over') return;
    opened.isPortGone = true;
    // A caller who is being answered gets to know it in `#up`.
    if (this.#phase === 'up') this.#options.listener.onPortGone();
  }

  #callerGone(termination: Termination, status: number): void {
    if (this.#phase === 'over') return;
    this.#caller = undefined;
    this.#options.listener.onCallerGone();
    this.#finish(termination, status);
  }

  #finish(termination: Termination, status: number): void {
    const wasUp = this.#phase === 'up';
    const [opened, { routed }] = [this.#opened, this.#options];
    this.#close();
    opened?.port.close();
    this.#caller?.bye();
    if (wasUp) routed.left();
    routed.ended(termination, { status, step: wasUp ? opened?.step : undefined });
    routed.released();
  }

  #close(): void {
    this.#phase = 'over';
    this.#ackTimer?.cancel();
  }

  /** Asked anew where a callback may have changed it. */
  #isUp(): boolean {
    return this.#phase === 'up';
  }
}
