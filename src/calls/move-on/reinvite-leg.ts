// Moves an answered caller to a destination by a leg of our own: INVITE there with the caller's SDP, and when it is answered a
// re-INVITE to the caller with the SDP of the answer (third party call control, RFC 3725 section 4, with the callee first, so
// that the caller hears the IVR until there is somebody to talk to).
import { TimerSet } from '../../kernel/index.js';
import type { RouteStep } from '../../decision/index.js';
import type { Headers } from '../cti-headers.js';
import { targetUri } from '../decision-record.js';
import { DialogBridge } from '../dialog-bridge.js';
import type { DialAnswer, DialogResponse, OutgoingCall } from '../gateway.js';
import { inviteHeaders } from '../leg-headers.js';
import { maxForwardsOf } from '../serial-search.js';
import type { MoveRequest } from '../ivr/move-on.js';
import { mediaOf } from '../sdp-lines.js';

export interface ReinviteEvents {
  /** Both legs talk; `bridge` owns them now. */
  onJoined(bridge: DialogBridge): void;
  /** The destination did not take the call, or the caller's phone not the move; the caller is where it was. */
  onFailed(status: number | undefined, reason: string): void;
  /** The joined call ended. */
  onEnded(reason: string): void;
}

export interface ReinviteOptions {
  readonly events: ReinviteEvents;
  /** CTI headers of the leg. */
  readonly cti: Headers;
}

export class ReinviteLeg {
  readonly #request: MoveRequest;
  readonly #events: ReinviteEvents;
  readonly #outgoing: OutgoingCall;
  readonly #timers: TimerSet;
  #isOver = false;

  constructor(request: MoveRequest, step: RouteStep, { events, cti }: ReinviteOptions) {
    this.#request = request;
    this.#events = events;
    const { call, trunk, clock, times } = request.routed;
    const headers = inviteHeaders({
      received: { ...call.headers, 'content-type': 'application/sdp' },
      maxForwards: maxForwardsOf(call.header('max-forwards')),
      isTrusted: trunk.trusted,
      cti,
    });
    this.#timers = new TimerSet(clock);
    this.#timers.start('reinvite-silence', times.provisionalTimeoutMs, () => this.#leave('silence'));
    this.#timers.start('reinvite-ring', times.ringTimeoutMs, () => this.#leave('no-answer'));
    this.#outgoing = call.dial(
      { uri: targetUri(step), headers, body: request.callerSdp },
      {
        onProvisional: () => this.#timers.cancel('reinvite-silence'),
        onAnswer: (answer) => this.#answered(answer),
        onRefused: (status, reason) => this.#fail(status, reason),
      },
    );
  }

  /** Gives up; an answer that crosses it is ended by BYE (RFC 3261 15). */
  cancel(): void {
    if (this.#isOver) return;
    this.#settle();
    this.#outgoing.cancel();
  }

  #settle(): void {
    this.#isOver = true;
    this.#timers.cancelAll();
  }

  /** The destination says nothing, or rings for too long. */
  #leave(reason: 'silence' | 'no-answer'): void {
    this.#outgoing.cancel();
    this.#fail(undefined, reason);
  }

  #fail(status: number | undefined, reason: string): void {
    if (this.#isOver) return;
    this.#settle();
    this.#events.onFailed(status, reason);
  }

  #answered(answer: DialAnswer): void {
    answer.ack();
    if (this.#isOver) {
      answer.dialog.bye();
      return;
    }
    this.#timers.cancelAll();
    const body = answer.content.body ?? '';
    this.#request.caller.request(
      'INVITE',
      { headers: { 'Content-Type': 'application/sdp' }, body },
      (response) => this.#callerAnswered(answer, response),
    );
  }

  #callerAnswered(answer: DialAnswer, response: DialogResponse): void {
    const isTaken = response.status < 300;
    if (isTaken) response.ack();
    if (this.#isOver || !isTaken) {
      answer.dialog.bye();
      this.#fail(response.status, 'caller-refused-move');
      return;
    }
    this.#settle();
    const { routed, caller, callerSdp } = this.#request;
    const bridge = new DialogBridge({
      callee: answer.dialog,
      clock: routed.clock,
      ackCallee: undefined,
      onEnded: (reason) => this.#events.onEnded(reason),
    });
    bridge.attach(caller);
    const sdp = response.body ?? '';
    // The caller's phone may have moved its media with this answer; then the other side has to know.
    if (mediaOf(sdp) !== mediaOf(callerSdp)) {
      const content = { headers: { 'Content-Type': 'application/sdp' }, body: sdp };
      answer.dialog.request('INVITE', content, (again) => {
        if (again.status < 300) again.ack();
      });
    }
    this.#events.onJoined(bridge);
  }
}
