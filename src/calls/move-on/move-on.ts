// Moves an answered call from an IVR on to a destination, by the way of its trunk, and never drops it: a REFER that is refused,
// silent or fails becomes a bridge by the centre of the IVR port to the same destination; without a port, a leg of our own.
import type { RouteStep } from '../../decision/index.js';
import { pairHeaders, presentedHeaders, stepHeaders } from '../cti-headers.js';
import type { Headers } from '../cti-headers.js';
import { targetUri } from '../decision-record.js';
import type { DialogBridge } from '../dialog-bridge.js';
import type { DialogRequest } from '../gateway.js';
import { answerInDialog } from '../ivr/caller-requests.js';
import type { MoveRequest } from '../ivr/move-on.js';
import { isDialable } from '../proxy-action.js';
import type { Action } from '../routed-call.js';
import type { Termination } from '../termination.js';
import { referTo } from './refer-to.js';
import { ReferTransfer } from './refer-transfer.js';
import type { ReferEnd } from './refer-transfer.js';
import { ReinviteLeg } from './reinvite-leg.js';
import type { ReinviteEvents } from './reinvite-leg.js';

/** `refer`: the trunk moves it; `bridge`: the centre of the port dials; `reinvite`: our own leg, the caller's media moved to it. */
export type MoveMethod = 'refer' | 'bridge' | 'reinvite';

/** The first way of a trunk: its afterIvr, else REFER for `refer` trunks and a bridge for all others. */
export function firstMethod({ trunk }: MoveRequest['routed']): MoveMethod {
  return trunk.afterIvr ?? (trunk.action === 'refer' ? 'refer' : 'bridge');
}

export class MoveOn implements Action {
  readonly #request: MoveRequest;
  #method: MoveMethod;
  #next = 0;
  #refer: ReferTransfer | undefined;
  #leg: ReinviteLeg | undefined;
  #bridge: DialogBridge | undefined;
  #port: MoveRequest['port'];
  /** The port is dialling; what it says is the answer, whatever else is heard of it. */
  #isDialling = false;
  #isOver = false;

  constructor(request: MoveRequest) {
    this.#request = request;
    this.#method = firstMethod(request.routed);
    this.#port = request.port;
    request.port?.onEnded((reason) => this.#portEnded(reason));
    request.caller.listen({
      onRequest: (one) => this.#inDialog(one),
      onAck: () => undefined,
      onEnded: (reason) => this.#callerEnded(reason),
    });
    this.#tryNext();
  }

  /** Never called: the call was answered before. */
  cancel(): void {
    this.#callerEnded('cancelled');
  }

  abandon(reason: string): void {
    if (this.#bridge !== undefined) this.#bridge.end(reason);
    else if (!this.#isOver) this.#end({ result: 'server-error', reason }, undefined);
  }

  #tryNext(): void {
    const { steps, routed } = this.#request;
    while (!this.#isOver && this.#next < steps.length) {
      const index = this.#next++;
      const step = steps[index];
      if (step === undefined) break;
      if (isDialable(step) || this.#method === 'refer') {
        this.#try(index, step);
        return;
      }
      routed.attempted(index, step, { status: undefined, reason: 'not-routable' });
    }
    if (!this.#isOver) this.#end({ result: 'upstream-error', reason: 'no-destination' }, undefined);
  }

  #try(index: number, step: RouteStep): void {
    this.#request.routed.trying(step);
    if (this.#method === 'refer') this.#tryRefer(index, step);
    else if (this.#method === 'bridge' && this.#port !== undefined) this.#tryBridge(index, step, this.#port);
    else this.#tryReinvite(index, step);
  }

  #tryRefer(index: number, step: RouteStep): void {
    const { routed, caller } = this.#request;
    const { trunk, clock, times } = routed;
    const headers = this.#headersOf(step);
    this.#refer = new ReferTransfer(
      {
        caller,
        referTo: referTo(trunk.referTo, targetUri(step), headers),
        headers,
        clock,
        silenceMs: trunk.referTimeoutMs,
        limitMs: times.ringTimeoutMs + trunk.referTimeoutMs,
      },
      (end) => this.#referred(index, step, end),
    );
  }

  #referred(index: number, step: RouteStep, { state, reason }: ReferEnd): void {
    this.#refer = undefined;
    const { routed } = this.#request;
    routed.attempted(index, step, { status: undefined, reason: `refer ${reason}` });
    if (state === 'moved') {
      this.#end({ result: 'success', reason: 'referred' }, step);
    } else if (state === 'gone') {
      this.#end({ result: 'indeterminate', reason: 'bye-after-refer' }, step);
    } else {
      // The same destination, by our own means; what failed once is not asked of this trunk again in this call.
      this.#method = 'bridge';
      if (isDialable(step)) this.#try(index, step);
      else this.#tryNext();
    }
  }

  #tryBridge(index: number, step: RouteStep, port: NonNullable<MoveRequest['port']>): void {
    const { routed } = this.#request;
    const request = {
      uri: targetUri(step),
      headers: this.#headersOf(step),
      ringTimeoutMs: routed.times.ringTimeoutMs,
    };
    this.#isDialling = true;
    void port.bridge(request).then((result) => {
      this.#isDialling = false;
      if (this.#isOver) return;
      if (result.kind === 'bridged') {
        routed.attempted(index, step, { status: 200, reason: 'bridged' });
        routed.connected(step);
        routed.ended({ result: 'success', reason: 'answered' }, { status: 200, step });
        return;
      }
      const reason = result.kind === 'gone' ? `bridge gone: ${result.reason}` : `bridge: ${result.reason}`;
      routed.attempted(index, step, { status: undefined, reason });
      if (result.kind !== 'gone') {
        this.#tryNext();
        return;
      }
      this.#method = 'reinvite';
      this.#closePort();
      this.#try(index, step);
    });
  }

  #tryReinvite(index: number, step: RouteStep): void {
    const { routed } = this.#request;
    const events: ReinviteEvents = {
      onJoined: (bridge) => {
        this.#leg = undefined;
        this.#bridge = bridge;
        this.#closePort();
        routed.attempted(index, step, { status: 200, reason: 'OK' });
        routed.connected(step);
        routed.ended({ result: 'success', reason: 'answered' }, { status: 200, step });
      },
      onFailed: (status, reason) => {
        this.#leg = undefined;
        routed.attempted(index, step, { status, reason });
        if (!this.#isOver) this.#tryNext();
      },
      onEnded: (reason) => {
        routed.log.debug({ callId: routed.call.callId, reason }, 'moved call ended');
        this.#isOver = true;
        routed.left();
        routed.released();
      },
    };
    const leg = new ReinviteLeg(this.#request, step, { events, cti: this.#headersOf(step) });
    // It may have failed within its constructor, and the next step begun.
    if (this.#next === index + 1 && !this.#isOver && this.#bridge === undefined) this.#leg = leg;
  }

  #inDialog(request: DialogRequest): void {
    if (this.#refer?.takes(request) === true) return;
    const { callerSdp, media } = this.#request;
    answerInDialog(request, media, callerSdp);
  }

  #headersOf({ offer }: RouteStep): Headers {
    const { routed, presented } = this.#request;
    return {
      ...stepHeaders(routed.decision, offer),
      ...pairHeaders(routed.pairs),
      ...presentedHeaders(presented),
    };
  }

  #callerEnded(reason: string): void {
    if (this.#isOver) return;
    if (this.#refer !== undefined) {
      this.#refer.callerGone();
      return;
    }
    this.#end({ result: 'client-error', reason: `caller-${reason}` }, undefined);
  }

  /** While bridged, the other side hung up; before, the centre went away, and `bridge` or the next step says what follows. */
  #portEnded(reason: string): void {
    if (this.#port !== undefined) this.#request.routed.left();
    this.#port = undefined;
    const goesOn = this.#isDialling || this.#bridge !== undefined || this.#refer !== undefined;
    if (this.#isOver || goesOn || this.#leg !== undefined) return;
    this.#end({ result: 'indeterminate', reason: `centre-${reason}` }, undefined);
  }

  /** Ends what is left of the call; an outcome that was told before stands. */
  #end(termination: Termination, step: RouteStep | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#refer?.dispose();
    this.#leg?.cancel();
    this.#closePort();
    const { routed, caller } = this.#request;
    caller.bye();
    routed.ended(termination, { status: 200, step });
    routed.released();
  }

  #closePort(): void {
    const port = this.#port;
    this.#port = undefined;
    if (port === undefined) return;
    port.close();
    this.#request.routed.left();
  }
}
