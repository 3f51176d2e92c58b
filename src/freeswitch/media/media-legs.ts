// The SIP legs to FreeSWITCH: what fsmrf gets in place of srf. It keeps hold of each attempt, so that one that comes too late is
// cancelled or hung up, and makes srf's dialogs of these legs bear what they do not by themselves.
import type { SrfDialogRequest, SrfDialogResponse, SrfForMedia, SrfMediaDialog } from './fsmrf.js';

/** What we use of drachtio-srf. */
export interface SrfApplication {
  createUAC(uri: string, options: object, callbacks: SrfProgress): Promise<SrfMediaDialog>;
  removeDialog(dialog: SrfMediaDialog): void;
}

interface SrfProgress {
  cbRequest(error: unknown, request?: { cancel(): void }): void;
}

/** One INVITE to a centre, until somebody owns its dialog. */
export class LegAttempt {
  #request: { cancel(): void } | undefined;
  #dialog: SrfMediaDialog | undefined;
  #isAbandoned = false;
  #giveUp: ((error: Error) => void) | undefined;

  get dialog(): SrfMediaDialog | undefined {
    return this.#dialog;
  }

  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** Rejects when nobody waits for the leg any more. To be called once. */
  async given(): Promise<never> {
    return new Promise((_resolve, reject) => {
      this.#giveUp = reject;
    });
  }

  sent(request: { cancel(): void } | undefined): void {
    this.#request = request;
    if (this.#isAbandoned) this.#cancel();
  }

  answered(dialog: SrfMediaDialog): void {
    this.#dialog = dialog;
    if (this.#isAbandoned) dialog.destroy();
  }

  /** It has a final response, or could not be sent. */
  failed(): void {
    this.#request = undefined;
  }

  /** Nobody waits for it any more: CANCEL, or BYE when it was answered (now or later). */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.#giveUp?.(new Error('nobody waits for the leg any more'));
    if (this.#dialog !== undefined) this.#dialog.destroy();
    else this.#cancel();
  }

  #cancel(): void {
    try {
      this.#request?.cancel();
    } catch {
      // The link to the SIP engine is gone, and the INVITE with it.
    }
  }
}

export class MediaLegs implements SrfForMedia {
  readonly #srf: SrfApplication;
  #current: LegAttempt | undefined;

  constructor(srf: unknown) {
    this.#srf = srf as SrfApplication;
  }

  /** Runs what calls `createUAC` before it returns; the leg is that attempt's. */
  during<T>(attempt: LegAttempt, work: () => T): T {
    this.#current = attempt;
    try {
      return work();
    } finally {
      this.#current = undefined;
    }
  }

  async createUAC(uri: string, options: object): Promise<SrfMediaDialog> {
    const attempt = this.#current ?? new LegAttempt();
    const leg = this.#srf
      .createUAC(uri, options, { cbRequest: (_error, request) => attempt.sent(request) })
      .then(
        (dialog) => {
          temper(dialog);
          attempt.answered(dialog);
          return dialog;
        },
        (error: unknown) => {
          attempt.failed();
          throw error;
        },
      );
    // fsmrf forgets one that was given up at once, though its INVITE may never be answered (a lost link to the SIP engine).
    return Promise.race([leg, attempt.given()]);
  }

  /** For a dialog whose BYE was never answered: srf would keep it. */
  forget(dialog: SrfMediaDialog): void {
    this.#srf.removeDialog(dialog);
    dialog.removeAllListeners();
  }
}

/**
 * Deviation: srf's Dialog rejects a promise that nobody waits for when a BYE cannot be sent, and fails on a re-INVITE without SDP
 * (RFC 3261 14.2 wants an offer in its 200), as FreeSWITCH sends for a session timer.
 */
function temper(dialog: SrfMediaDialog): void {
  const destroy = dialog.destroy.bind(dialog);
  const handle = dialog.handle.bind(dialog);
  dialog.destroy = () => {
    try {
      return destroy(() => undefined);
    } catch {
      return undefined;
    }
  };
  dialog.handle = (request: SrfDialogRequest, response: SrfDialogResponse) => {
    const hasSdp = request.body !== undefined && request.body !== '' && dialog.remote.sdp !== undefined;
    if (request.method !== 'INVITE' || hasSdp) {
      handle(request, response);
      return;
    }
    const { contact, sdp } = dialog.local;
    response.send(200, {
      headers: { 'Content-Type': 'application/sdp', ...(contact === undefined ? {} : { Contact: contact }) },
      ...(sdp === undefined ? {} : { body: sdp }),
    });
  };
}
