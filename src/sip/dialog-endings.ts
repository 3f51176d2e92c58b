// How the engine ends dialogs by itself: RFC 3261 15.1.1.
import type { Dialog } from './dialog/dialog.js';
import { composeInDialog, routeInDialog } from './dialog-requests.js';
import { count } from './engine-counters.js';
import type { EngineContext } from './engine-context.js';
import type { DialogEndReason, EngineRequest } from './engine-user.js';
import { makeLine } from './message/sip-message.js';
import type { HeaderLine } from './message/sip-message.js';
import type { OwedAcks } from './owed-acks.js';
import { lookUp, TargetSearch } from './target-search.js';

/** What the BYE says: drachtio-srf shows the text to its application. */
const reasonHeaders: Readonly<Record<DialogEndReason, string>> = {
  'ack-timeout': 'SIP;cause=200;text="ACK timeout"',
  'cancel-race': 'SIP;cause=200;text="ACK-BYE due to cancel race condition"',
  'session-expired': 'SIP;cause=200;text="Session timer expired"',
  'peer-gone': 'SIP;cause=481',
  age: 'SIP;cause=200;text="maximal duration reached"',
  'application-lost': 'SIP;cause=503;text="application lost"',
  stopping: 'SIP;cause=503;text="server stopping"',
};

export class DialogEndings {
  readonly #context: EngineContext;
  readonly #acks: OwedAcks;

  constructor(context: EngineContext, acks: OwedAcks) {
    this.#context = context;
    this.#acks = acks;
  }

  /** Ends a dialog with a BYE of our own, whose outcome does not matter (15.1.1), and tells the user. */
  end(dialog: Dialog, reason: DialogEndReason, header = reasonHeaders[reason]): void {
    if (!dialog.isLive) return;
    // The peer said so in its answer to the user, or will never hear it.
    if (dialog.method !== 'INVITE' && reason === 'peer-gone') {
      this.remove(dialog);
      return;
    }
    if (dialog.state === 'early') {
      // The user knows its INVITE alone, and that goes on: another branch may answer.
      if (dialog.role === 'uac') this.remove(dialog);
      return;
    }
    const { user, log } = this.#context;
    const bye = this.bye(dialog, header);
    if (bye === undefined) {
      log.warn({ callId: dialog.callId }, 'dialog ended without a bye: its target cannot be reached');
      this.remove(dialog);
      return;
    }
    user.onDialogEnded(dialog, bye, reason);
  }

  /** Whoever owned the dialog is gone: BYE, after the ACK that is owed. */
  release(dialog: Dialog): void {
    dialog.owner = undefined;
    if (dialog.state !== 'confirmed') return;
    this.#acks.settle(dialog);
    this.end(dialog, 'application-lost');
  }

  /** Sends a BYE, or what ends a subscription (RFC 6665 4.1.2.3, 4.2.2); the dialog is forgotten when it is answered, or never is. @returns undefined when it has no way to go */
  bye(dialog: Dialog, reasonHeader: string): EngineRequest | undefined {
    const { counters } = this.#context;
    const route = routeInDialog(dialog, this.#context);
    dialog.state = 'ending';
    dialog.accepted?.stop();
    const ending = endingOf(dialog, reasonHeader);
    if (typeof route === 'string' || ending === undefined) return undefined;
    dialog.localSeq += 1;
    const { method, lines } = ending;
    if (method !== 'BYE') lines.unshift(makeLine('Contact', `<sip:${route.hop.local.hostPort}>`));
    const request = composeInDialog(dialog, route, { method, cseq: dialog.localSeq, lines, body: '' });
    count(counters.requestsOut, method);
    const finish = (): void => this.remove(dialog);
    const search = new TargetSearch(this.#context, request, {
      isWanted: () => true,
      onSent: ignore,
      // The last NOTIFY of a subscription comes after the answer (RFC 6665 4.1.3).
      onResponse: ({ statusCode }) => {
        if (method === 'BYE' && statusCode >= 200) finish();
      },
      onFailure: ignore,
      onTerminated: finish,
    });
    if (route.hop.target !== undefined) {
      search.start([route.hop.target, ...route.hop.others]);
    } else {
      void lookUp(this.#context, route.hop, dialog.callId).then((targets) => {
        if (targets.length === 0) finish();
        else search.start(targets);
      });
    }
    return { request, local: route.hop.local };
  }

  /** Over, and known no more. */
  remove(dialog: Dialog): void {
    dialog.end();
    this.#acks.forget(dialog);
    this.#context.dialogs.delete(dialog);
  }

  /** The dialog is ended at its greatest age, whatever the user forgot. */
  limitAge(dialog: Dialog): void {
    const { clock, limits } = this.#context;
    dialog.ageTimer?.cancel();
    dialog.ageTimer = clock.after(limits.maxDialogAgeMs, 'dialog-age', () => {
      this.end(dialog, 'age');
    });
  }
}

/** Nothing ends the subscription of a REFER from the side that asked for it. */
function endingOf(dialog: Dialog, reason: string): { method: string; lines: HeaderLine[] } | undefined {
  if (dialog.method === 'INVITE') return { method: 'BYE', lines: [makeLine('Reason', reason)] };
  const event = makeLine('Event', dialog.event);
  if (dialog.role === 'uas') {
    const state = makeLine('Subscription-State', 'terminated;reason=noresource');
    return { method: 'NOTIFY', lines: [event, state] };
  }
  if (dialog.method === 'REFER') return undefined;
  return { method: 'SUBSCRIBE', lines: [event, makeLine('Expires', '0')] };
}

const ignore = (): void => undefined;
