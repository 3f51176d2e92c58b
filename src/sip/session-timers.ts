// Session timers: RFC 4028, for both sides of a call. What interval counts, and who refreshes, is said by the headers of the
// last INVITE or UPDATE and its 2xx; when it is us, the engine does it with a re-INVITE that the user never sees.
import { randomHex } from '../kernel/index.js';
import { minSeOf, minSessionSeconds, sessionExpiresOf, supportsTimer } from './dialog/session-expires.js';
import type { Refresher, Session } from './dialog/session-expires.js';
import type { Dialog } from './dialog/dialog.js';
import type { DialogEndings } from './dialog-endings.js';
import type { EngineContext } from './engine-context.js';
import type { SipMessage } from './message/sip-message.js';
import { ownText } from './own-text.js';
import type { RuleRefusal } from './request-rules.js';
import type { RefreshOutcome, SessionRefresh } from './session-refresh.js';
import { retryAfterMs } from './transport/resolver/index.js';

export class SessionTimers {
  readonly #context: EngineContext;
  readonly #endings: DialogEndings;
  readonly #refresher: SessionRefresh;

  constructor(context: EngineContext, endings: DialogEndings, refresher: SessionRefresh) {
    this.#context = context;
    this.#endings = endings;
    this.#refresher = refresher;
  }

  /** 9: the interval that the peer asks for inside a dialog is too small. */
  refusalOf(request: SipMessage): RuleRefusal | undefined {
    if (!isSessionRequest(request.method)) return undefined;
    const asked = sessionExpiresOf(request);
    if (asked === undefined || asked.seconds >= minSessionSeconds) return undefined;
    return { status: 422, headers: [{ name: 'Min-SE', value: String(minSessionSeconds) }] };
  }

  /** A request of the user: it says what the engine needs, and goes on with the timer that runs (7.1, 7.4). */
  offer(request: SipMessage, dialog: Dialog | undefined): void {
    if (!isSessionRequest(request.method)) return;
    const session = dialog?.session;
    if (!request.has('session-expires')) {
      if (session === undefined) return;
      const refresher: Refresher = session.isOurs ? 'uac' : 'uas';
      request.append('Session-Expires', `${session.seconds};refresher=${refresher}`);
    }
    if (!supportsTimer(request)) request.append('Supported', 'timer');
  }

  /**
   * A 2xx of the user that says nothing about the session: what the peer asked for is granted, when it says who refreshes or
   * that is settled already. Deviation: without `refresher` a first INVITE gets no timer (9 leaves the choice to us, and
   * drachtio-server takes none).
   */
  answer(request: SipMessage, response: SipMessage, dialog: Dialog | undefined): void {
    if (!isSessionRequest(request.method) || response.has('session-expires')) return;
    const asked = sessionExpiresOf(request);
    if (asked === undefined || asked.seconds < minSessionSeconds) return;
    const { session } = dialog ?? {};
    const settled: Refresher | undefined = session === undefined ? undefined : session.isOurs ? 'uas' : 'uac';
    const refresher = asked.refresher ?? settled;
    if (refresher === undefined) return;
    response.append('Session-Expires', `${asked.seconds};refresher=${refresher}`);
    // 9: it must know that it has to refresh.
    if (refresher === 'uac' && supportsTimer(request)) response.append('Require', 'timer');
  }

  /** A 2xx to INVITE or UPDATE went out (`uas`) or came in (`uac`): it says what counts from now on (7.2, 9, 10). */
  agreed(dialog: Dialog, side: Refresher, request: SipMessage, response: SipMessage): void {
    if (dialog.method !== 'INVITE' || !isSessionRequest(request.method)) return;
    const said = sessionExpiresOf(response);
    if (said?.refresher === undefined) {
      if (dialog.session !== undefined) this.#stop(dialog, dialog.session);
      return;
    }
    const ours = side === 'uas' ? response : request;
    const session = (dialog.session ??= newSession());
    session.seconds = Math.max(said.seconds, minSessionSeconds);
    session.isOurs = said.refresher === side;
    if (ours.body !== '') session.sdp = ownText(ours.body);
    const contact = ours.get('contact');
    if (contact !== undefined) session.contact = ownText(contact);
    this.#arm(dialog, session);
  }

  /** Runs `work` when no refresh is under way. @returns false when too much waits already */
  whenQuiet(dialog: Dialog, work: () => void): boolean {
    const { session } = dialog;
    if (session?.isRefreshing !== true) work();
    else if (session.waiting.length < maxWaiting) session.waiting.push(work);
    else return false;
    return true;
  }

  #arm(dialog: Dialog, session: Session): void {
    const { clock, limits } = this.#context;
    const ms = Math.min(session.seconds * 1000, limits.maxDialogAgeMs);
    session.deadline = clock.now() + ms;
    if (session.isOurs) {
      // 10: at half of the interval; a little earlier, so that calls that began together do not refresh together.
      this.#refreshAfter(dialog, session, ms / 2 - randomOf(5000));
    } else {
      session.timer?.cancel();
      session.timer = clock.after(ms, 'session-expiry', () => this.#expire(dialog));
    }
  }

  #refreshAfter(dialog: Dialog, session: Session, ms: number): void {
    session.timer?.cancel();
    session.timer = this.#context.clock.after(ms, 'session-refresh', () => this.#refresh(dialog, session));
  }

  #refresh(dialog: Dialog, session: Session): void {
    if (!dialog.isLive || dialog.session !== session) return;
    if (this.#context.clock.now() >= session.deadline) {
      this.#expire(dialog);
      return;
    }
    const { pending, accepted, unacknowledged } = dialog;
    const isBusy = pending.localInvite || pending.remoteInvite || accepted?.isWaiting === true;
    // RFC 3261 14.1: not while another INVITE is under way. It may refresh the session itself.
    if (isBusy || unacknowledged !== undefined) {
      this.#refreshAfter(dialog, session, busyWaitMs);
      return;
    }
    session.isRefreshing = true;
    const isSent = this.#refresher.send(dialog, session, (outcome) => {
      session.isRefreshing = false;
      if (dialog.isLive && dialog.session === session) this.#outcome(dialog, session, outcome);
      for (const work of session.waiting.splice(0)) queueMicrotask(work);
    });
    if (!isSent) this.#expire(dialog);
  }

  #outcome(dialog: Dialog, session: Session, outcome: RefreshOutcome): void {
    const response = typeof outcome === 'number' ? undefined : outcome;
    const status = typeof outcome === 'number' ? outcome : outcome.statusCode;
    if (response !== undefined && status < 300) {
      this.#context.counters.sessionRefreshes += 1;
      const said = sessionExpiresOf(response);
      if (said !== undefined) session.seconds = Math.max(said.seconds, minSessionSeconds);
      if (said?.refresher !== undefined) session.isOurs = said.refresher === 'uac';
      this.#arm(dialog, session);
    } else if (status === 491) {
      // RFC 3261 14.1: the one that made the Call-ID waits longer.
      const wait = dialog.role === 'uac' ? 2100 + randomOf(1900) : randomOf(2000);
      this.#refreshAfter(dialog, session, wait);
    } else if (response !== undefined && status === 422 && (minSeOf(response) ?? 0) > session.seconds) {
      session.seconds = minSeOf(response) ?? session.seconds;
      this.#refreshAfter(dialog, session, 0);
    } else if (status === 408 || status === 481) {
      this.#expire(dialog);
    } else {
      // 10: the peer is there, and may take it later (500 with Retry-After: another INVITE is under way). Not continuously.
      const leftMs = session.deadline - this.#context.clock.now();
      const waitMs = Math.max(leastRetryMs, retryAfterMs(response?.get('retry-after')) ?? 0, leftMs / 3);
      this.#refreshAfter(dialog, session, Math.min(waitMs, leftMs));
    }
  }

  #expire(dialog: Dialog): void {
    if (!dialog.isLive) return;
    this.#context.counters.sessionsExpired += 1;
    this.#endings.end(dialog, 'session-expired');
  }

  #stop(dialog: Dialog, session: Session): void {
    session.timer?.cancel();
    dialog.session = undefined;
    for (const work of session.waiting.splice(0)) queueMicrotask(work);
  }
}

const maxWaiting = 8;
const busyWaitMs = 2000;
const leastRetryMs = 5000;

function isSessionRequest(method: string): boolean {
  return method === 'INVITE' || method === 'UPDATE';
}

function newSession(): Session {
  return {
    seconds: 0,
    isOurs: false,
    deadline: 0,
    sdp: '',
    contact: '',
    timer: undefined,
    isRefreshing: false,
    waiting: [],
  };
}

/** Up to `ms`. */
function randomOf(ms: number): number {
  return (Number.parseInt(randomHex(2), 16) * ms) / 65_536;
}
