// The state of one dialog: RFC 3261 12. It sends nothing; the engine does.
import type { Timer } from '../../kernel/index.js';
import type { Flow } from '../transport/transport.js';
import type { SipMessage } from '../message/sip-message.js';
import { ownText, ownTexts } from '../own-text.js';
import type { AcceptedInvite } from './accepted-invite.js';
import type { ReliableProvisionals } from './reliable-provisionals.js';
import { contactUri, routeSetOf } from './route-set.js';
import type { Session } from './session-expires.js';

export type DialogState = 'early' | 'confirmed' | 'ending' | 'ended';

/** What two messages that form a dialog say about it. */
export interface DialogSeed {
  readonly role: 'uac' | 'uas';
  readonly method: string;
  readonly request: SipMessage;
  readonly response: SipMessage;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly flow: Flow;
}

/** An ACK that was sent, to be repeated when its 2xx comes again. */
export interface SentAck {
  readonly cseq: number;
  send(): void;
}

/** The id by which applications know a dialog; also that of the pending request that may form one. */
export function dialogIdOf(request: SipMessage): string {
  return `${request.callId};from-tag=${request.from()?.tag ?? ''}`;
}

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId}\n${localTag}\n${remoteTag}`;
}

export class Dialog {
  readonly id: string;
  readonly key: string;
  readonly role: 'uac' | 'uas';
  /** INVITE, SUBSCRIBE or REFER. */
  readonly method: string;
  /** Of a subscription: the value of Event. */
  readonly event: string;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Values of From and To in our requests, tags included. */
  readonly localParty: string;
  readonly remoteParty: string;
  state: DialogState = 'early';
  remoteTarget: string | undefined;
  routeSet: readonly string[];
  localSeq: number;
  /** Undefined until the peer has sent a request (12.1.2). */
  remoteSeq: number | undefined;
  /** Where the peer was last heard; a TCP connection is used again. */
  flow: Flow;
  /** The peer's INVITE that we answered with a 2xx. */
  accepted: AcceptedInvite | undefined;
  /** Reliable provisional responses of ours to the peer's INVITE, until its ACK. */
  reliable: ReliableProvisionals | undefined;
  /** CSeq of an INVITE of ours that has a 2xx and no ACK yet. */
  unacknowledged: number | undefined;
  lastAck: SentAck | undefined;
  /** Early dialogs of one INVITE of ours, this one included: they have one id. */
  forks: readonly Dialog[] | undefined;
  /** RSeq of the peer's last reliable provisional response. */
  rseq: number | undefined;
  /** It expires unless it is refreshed (RFC 4028). */
  session: Session | undefined;
  /** Ends the dialog when nobody else does. */
  ageTimer: Timer | undefined;
  /** Requests in progress that another of its kind must not cross (14.1, 14.2; RFC 3311 5.2). */
  readonly pending = { localInvite: false, remoteInvite: false, localUpdate: false, remoteUpdate: false };
  /** Whoever the user of the engine says this dialog belongs to. */
  owner: unknown;

  constructor(seed: DialogSeed) {
    const { request, response, role } = seed;
    const isUas = role === 'uas';
    this.role = role;
    this.method = seed.method;
    this.event = seed.method === 'INVITE' ? '' : ownText(request.get('event') ?? 'refer');
    const target = contactUri(isUas ? request : response);
    const local = (isUas ? response.get('to') : request.get('from')) ?? '';
    const remote = (isUas ? request.get('from') : response.get('to')) ?? '';
    const routes = routeSetOf(isUas ? request : response, role);
    const [id = '', callId = '', localTag = '', remoteTag = '', localParty = '', remoteParty = '', ...rest] =
      ownTexts([
        dialogIdOf(request),
        request.callId,
        seed.localTag,
        seed.remoteTag,
        local,
        remote,
        target ?? '',
        ...routes,
      ]);
    this.id = id;
    this.callId = callId;
    this.localTag = localTag;
    this.remoteTag = remoteTag;
    this.localParty = localParty;
    this.remoteParty = remoteParty;
    this.remoteTarget = target === undefined ? undefined : rest[0];
    this.routeSet = rest.slice(1);
    this.key = dialogKey(callId, localTag, remoteTag);
    const cseq = request.cseq()?.number ?? 0;
    this.localSeq = isUas ? 0 : cseq;
    this.remoteSeq = isUas ? cseq : undefined;
    this.flow = seed.flow;
  }

  get isLive(): boolean {
    return this.state === 'early' || this.state === 'confirmed';
  }

  /** The 2xx settles what the provisional response left open: the route set (13.2.2.4) and the target. */
  confirm(response: SipMessage): void {
    this.state = 'confirmed';
    if (this.role !== 'uac') return;
    this.routeSet = routeSetOf(response, 'uac').map(ownText);
    this.refreshTarget(response);
  }

  /** Over: nothing runs for it any more. */
  end(): void {
    this.state = 'ended';
    this.accepted?.stop();
    this.reliable?.stop();
    this.ageTimer?.cancel();
    this.#endSession();
  }

  #endSession(): void {
    const { session } = this;
    this.session = undefined;
    session?.timer?.cancel();
    // They find that the dialog is over.
    for (const work of session?.waiting.splice(0) ?? []) queueMicrotask(work);
  }

  /** A target refresh request or its 2xx brought a Contact (12.2). */
  refreshTarget(message: SipMessage): void {
    const target = contactUri(message);
    if (target !== undefined && target !== this.remoteTarget) this.remoteTarget = ownText(target);
  }

  /** False when the request is out of order (12.2.2); else its CSeq is the newest. */
  takeRemoteSeq(number: number): boolean {
    if (this.remoteSeq !== undefined && number < this.remoteSeq) return false;
    this.remoteSeq = number;
    return true;
  }
}
