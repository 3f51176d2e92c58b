// Action `b2bua`: an INVITE of our own to one destination after the other, each with the headers of its step, until one answers.
import type { Timer } from '../kernel/index.js';
import type { RouteStep } from '../decision/index.js';
import { DialogBridge } from './dialog-bridge.js';
import { stepHeaders } from './cti-headers.js';
import type { Headers } from './cti-headers.js';
import { targetUri } from './decision-record.js';
import { inviteHeaders, responseHeaders } from './leg-headers.js';
import { isDialable } from './proxy-action.js';
import { bestStatus, terminationOf, verdictOf } from './termination.js';
import type { DialAnswer, OutgoingCall, ResponseContent } from './gateway.js';
import type { Action, RoutedCall } from './routed-call.js';

/** One INVITE of ours. `isOver`: its outcome is settled, whatever still comes. */
interface Attempt {
  readonly index: number;
  readonly step: RouteStep;
  isOver: boolean;
}

export class SerialSearch implements Action {
  readonly #routed: RoutedCall;
  readonly #steps: readonly RouteStep[];
  readonly #statuses: number[] = [];
  #next = 0;
  #attempt: Attempt | undefined;
  #outgoing: OutgoingCall | undefined;
  #silenceTimer: Timer | undefined;
  #ringTimer: Timer | undefined;
  #bridge: DialogBridge | undefined;
  #isOver = false;

  constructor(routed: RoutedCall, steps: readonly RouteStep[] = routed.decision.steps) {
    this.#routed = routed;
    this.#steps = steps;
    this.#tryNext();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#giveUp('cancelled');
    this.#finish(487);
    // An answered leg whose caller is gone is ended by #answered; nothing else is left.
    if (this.#bridge === undefined) this.#routed.released();
  }

  abandon(reason: string): void {
    this.#bridge?.end(reason);
    if (this.#isOver) return;
    this.#giveUp(reason);
    this.#isOver = true;
    const { call, times } = this.#routed;
    const { retryAfterSeconds } = times;
    call.respond(503, { headers: { 'Retry-After': String(retryAfterSeconds) } });
    this.#routed.ended({ result: 'server-error', reason }, { status: 503, step: undefined });
    this.#routed.released();
  }

  #tryNext(): void {
    while (this.#next < this.#steps.length) {
      const index = this.#next++;
      const step = this.#steps[index];
      if (step === undefined) break;
      if (isDialable(step)) {
        this.#dial({ index, step, isOver: false });
        return;
      }
      this.#routed.attempted(index, step, { status: undefined, reason: 'not-routable' });
    }
    this.#exhausted();
  }

  #dial(attempt: Attempt): void {
    const { call, trunk, decision, times, clock } = this.#routed;
    this.#attempt = attempt;
    this.#routed.trying(attempt.step);
    const headers = inviteHeaders({
      received: call.headers,
      maxForwards: maxForwardsOf(call.header('max-forwards')),
      isTrusted: trunk.trusted,
      cti: stepHeaders(decision, attempt.step.offer),
    });
    this.#silenceTimer = clock.after(times.provisionalTimeoutMs, 'b2bua-silence', () =>
      this.#leave(attempt, 'silence'),
    );
    // Field practice: the ring timer holds whatever messages were lost, so that no leg rings for ever.
    this.#ringTimer = clock.after(times.ringTimeoutMs, 'b2bua-ring', () => this.#leave(attempt, 'no-answer'));
    const request = { uri: targetUri(attempt.step), headers, body: call.body };
    const outgoing = call.dial(request, {
      onProvisional: (status, content) => this.#provisional(attempt, status, content),
      onAnswer: (answer) => this.#answered(attempt, answer),
      onRefused: (status, reason) => this.#refused(attempt, status, reason),
    });
    // The attempt may have ended within `dial`, and the next one begun.
    if (this.#attempt === attempt) this.#outgoing = outgoing;
  }

  #provisional(attempt: Attempt, status: number, content: ResponseContent): void {
    if (attempt.isOver) return;
    this.#silenceTimer?.cancel();
    if (status === 100) return;
    this.#routed.call.respond(status, passedOn(content));
  }

  #refused(attempt: Attempt, status: number, reason: string): void {
    if (attempt.isOver) return;
    this.#settle(attempt, status, reason);
    this.#statuses.push(status);
    if (verdictOf(status) === 'stop') this.#finishAndRelease(status);
    else this.#tryNext();
  }

  /** Silence, or ringing for too long. */
  #leave(attempt: Attempt, reason: string): void {
    if (attempt.isOver) return;
    const outgoing = this.#outgoing;
    this.#settle(attempt, undefined, reason);
    outgoing?.cancel();
    this.#statuses.push(reason === 'no-answer' ? 480 : 408);
    this.#tryNext();
  }

  #answered(attempt: Attempt, answer: DialAnswer): void {
    if (attempt.isOver) {
      // RFC 3261 15: an answer that crossed our CANCEL makes a dialog, which BYE ends.
      answer.ack(this.#routed.call.body === '' ? answer.content.body : undefined);
      answer.dialog.bye();
      return;
    }
    this.#settle(attempt, 200, answer.content.reason ?? 'OK');
    const { call, clock } = this.#routed;
    // Without SDP in the INVITE, the 2xx holds the offer and the caller's ACK the answer (RFC 3261 13.2.1).
    const isDelayedOffer = call.body === '' && (answer.content.body ?? '') !== '';
    const bridge = new DialogBridge({
      callee: answer.dialog,
      clock,
      ackCallee: isDelayedOffer ? (body) => answer.ack(body) : undefined,
      onEnded: (reason) => {
        this.#routed.log.debug({ callId: call.callId, reason }, 'bridged call ended');
        if (!this.#isOver) {
          this.#isOver = true;
          this.#routed.ended({ result: 'indeterminate', reason }, { status: undefined, step: attempt.step });
        }
        this.#routed.released();
      },
    });
    this.#bridge = bridge;
    if (!isDelayedOffer) answer.ack();
    call.answer(passedOn(answer.content), (dialog) => {
      if (dialog === undefined || this.#isOver) {
        dialog?.bye();
        this.#finish(487);
        bridge.end('caller-gone');
        return;
      }
      this.#isOver = true;
      this.#routed.connected(attempt.step);
      this.#routed.ended({ result: 'success', reason: 'answered' }, { status: 200, step: attempt.step });
      bridge.attach(dialog);
    });
  }

  #settle(attempt: Attempt, status: number | undefined, reason: string): void {
    attempt.isOver = true;
    this.#silenceTimer?.cancel();
    this.#ringTimer?.cancel();
    this.#outgoing = undefined;
    this.#routed.attempted(attempt.index, attempt.step, { status, reason });
  }

  #giveUp(reason: string): void {
    const attempt = this.#attempt;
    if (attempt === undefined || attempt.isOver) return;
    const outgoing = this.#outgoing;
    this.#settle(attempt, undefined, reason);
    outgoing?.cancel();
  }

  #exhausted(): void {
    this.#finishAndRelease(bestStatus(this.#statuses));
  }

  #finishAndRelease(status: number): void {
    const { call, times } = this.#routed;
    const headers: Headers = status === 503 ? { 'Retry-After': String(times.retryAfterSeconds) } : {};
    call.respond(status, { headers });
    this.#finish(status);
    this.#routed.released();
  }

  #finish(status: number): void {
    if (this.#isOver && status !== 487) return;
    this.#isOver = true;
    this.#routed.ended(terminationOf(status), { status, step: undefined });
  }
}

/** RFC 3261 8.1.1.6: 70 when there is none. */
export function maxForwardsOf(value: string | undefined): number {
  const number = value === undefined ? 70 : Number.parseInt(value, 10);
  return Number.isNaN(number) ? 70 : Math.min(number, 255);
}

function passedOn(content: ResponseContent): ResponseContent {
  const headers = responseHeaders(content.headers ?? {});
  return {
    headers,
    ...(content.reason === undefined ? {} : { reason: content.reason }),
    ...(content.body === undefined || content.body === '' ? {} : { body: content.body }),
  };
}
