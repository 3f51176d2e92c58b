// One IVR port: a leg at FreeSWITCH with its outbound socket, over fsmrf's Endpoint.
//
// fsmrf's own `play` and `playCollect` run the same applications, but keep the key that stopped a prompt to themselves, and throw in a
// callback when the socket is gone; so `execute` is used, and what they read is read here.
import { errorMessage } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type {
  BridgeRequest,
  CollectRequest,
  CollectResult,
  IvrPort,
  PlayRequest,
  PortGone,
} from '../../callcenter/index.js';
import { dialString } from './dial-string.js';
import { allKeys, DigitEntry } from './digit-entry.js';
import type { EslEvent, FsmrfEndpoint, SrfMediaDialog } from './fsmrf.js';
import type { MediaLegs } from './media-legs.js';
import { playbacksOf } from './prompts.js';
import type { Playback } from './prompts.js';

export interface MediaPortOptions {
  readonly endpoint: FsmrfEndpoint;
  readonly dialog: SrfMediaDialog;
  readonly centre: string;
  /** Profile from which a bridge is dialled. */
  readonly profile: string;
  readonly legs: MediaLegs;
  readonly clock: Clock;
  readonly log: Logger;
  /** A prompt that the centre does not have. */
  readonly onSkippedPrompt: () => void;
  /** The port is free again; told once, before `onEnded`. */
  readonly onReleased: () => void;
}

/** Time beyond what a command may take by itself, in milliseconds. */
const slackMs = 5000;
/** How long FreeSWITCH may take to let go of a leg after our BYE. */
const releaseTimeoutMs = 2000;
const digitsVariable = 'ivr_digits';

type Reply = { readonly kind: 'event'; readonly event: EslEvent } | PortGone;

export class MediaPort implements IvrPort {
  readonly sdp: string;
  readonly uuid: string;
  readonly centre: string;
  readonly #options: MediaPortOptions;
  readonly #entry = new DigitEntry();
  readonly #waiting = new Set<(gone: PortGone) => void>();
  #onEnded: ((reason: string) => void) | undefined;
  #gone: PortGone | undefined;
  #isClosed = false;
  #isBargeIn: boolean | undefined;
  #hasDelimiter = false;
  #hasOldTerminator = false;

  constructor(options: MediaPortOptions) {
    const { endpoint, dialog } = options;
    this.#options = options;
    this.uuid = endpoint.uuid;
    this.centre = options.centre;
    // What FreeSWITCH sent in its 200.
    this.sdp = dialog.remote.sdp ?? endpoint.local.sdp ?? '';
    endpoint.on('destroy', (detail?: { readonly reason?: string | null }) =>
      this.#end(detail?.reason ?? 'link-lost'),
    );
    dialog.on('destroy', () => this.#end('hung-up-by-centre'));
    if (endpoint.conn === null || !dialog.connected) queueMicrotask(() => this.#end('link-lost'));
    else this.#narrow();
  }

  acknowledge(sdpAnswer: string): void {
    if (this.#gone !== undefined) return;
    // The INVITE without SDP was acknowledged with media off (fsmrf); this sets it up.
    this.#options.dialog.modify(sdpAnswer).catch((error: unknown) => {
      this.#options.log.warn({ centre: this.centre, error: errorMessage(error) }, 'ivr media refused');
      this.#end('media-refused');
    });
  }

  async play({ prompts, bargeIn }: PlayRequest): Promise<{ readonly kind: 'played' } | PortGone> {
    for (const playback of playbacksOf(prompts)) {
      if (bargeIn && this.#entry.hasEarly) break;
      const gone = await this.#playOne(playback, bargeIn);
      if (gone !== undefined) return gone;
    }
    return this.#gone ?? { kind: 'played' };
  }

  async collect(request: CollectRequest): Promise<CollectResult> {
    const played = await this.play(request);
    if (played.kind === 'gone') return played;
    const known = this.#entry.take(request);
    if (known.isComplete) return known.result;
    if (this.#hasOldTerminator) this.#tell('set', 'read_terminator_used=');
    const firstMs = known.digits === '' ? request.timeoutMs : request.interDigitTimeoutMs;
    const missing = Math.min(127, request.maxDigits) - known.digits.length;
    const least = Math.min(missing, Math.max(1, request.minDigits - known.digits.length));
    const reply = await this.#run(
      'play_and_get_digits',
      `${least} ${missing} 1 ${firstMs} ${request.terminators === '' ? 'none' : request.terminators} ` +
        `silence silence_stream://10 ${digitsVariable} .+ ${request.interDigitTimeoutMs}`,
      // FreeSWITCH waits a second at least.
      Math.max(1000, firstMs) + missing * Math.max(1000, request.interDigitTimeoutMs),
    );
    if (reply.kind === 'gone') return reply;
    const digits = reply.event.getHeader(`variable_${digitsVariable}`) ?? '';
    const terminator = reply.event.getHeader('variable_read_terminator_used') ?? '';
    this.#hasOldTerminator = terminator !== '';
    return this.#entry.finish(request, known.digits + digits, terminator);
  }

  async bridge(
    request: BridgeRequest,
  ): Promise<
    { readonly kind: 'bridged' } | { readonly kind: 'refused'; readonly reason: string } | PortGone
  > {
    const { profile, log } = this.#options;
    const dial = dialString({ ...request, profile });
    if (dial === undefined) return { kind: 'refused', reason: 'the URI cannot be dialled' };
    if (dial.leftOut.length > 0) {
      log.warn({ centre: this.centre, headers: dial.leftOut }, 'header cannot be passed on to a bridge');
    }
    // Headers of our own leg would be copied to the new one (sip_copy_custom_headers).
    for (const name of ['X-esl-outbound', 'X-Proffer-Program']) this.#tell('unset', `sip_h_${name}`);
    this.#tell('set', 'continue_on_fail=true');
    this.#tell('set', 'hangup_after_bridge=true');
    const answered = this.#untilBridged();
    const ended = this.#run('bridge', dial.text, undefined);
    const silent = this.#expire(request.ringTimeoutMs + slackMs, answered, ended);
    const reply = await Promise.race([answered, ended, silent]);
    if (reply !== 'bridged' && reply.kind === 'gone') return reply;
    const disposition =
      reply === 'bridged' ? 'SUCCESS' : reply.event.getHeader('variable_originate_disposition');
    if (!/^(success|call accepted)$/i.test(disposition ?? '')) {
      return { kind: 'refused', reason: disposition ?? 'not answered' };
    }
    void ended.then(() => this.#end('bridge-ended'));
    return { kind: 'bridged' };
  }

  onEnded(listener: (reason: string) => void): void {
    this.#onEnded = listener;
    if (this.#gone !== undefined && !this.#isClosed) listener(this.#gone.reason);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end('closed');
  }

  /** The centre is gone, as far as anybody can tell. */
  lose(reason: string): void {
    this.#end(reason);
  }

  async #playOne(playback: Playback, bargeIn: boolean): Promise<PortGone | undefined> {
    if (this.#isBargeIn !== bargeIn) this.#tell('set', `playback_terminators=${bargeIn ? allKeys : 'none'}`);
    this.#isBargeIn = bargeIn;
    if (!this.#hasDelimiter) this.#tell('set', 'playback_delimiter=!');
    this.#hasDelimiter = true;
    const reply = await this.#run('playback', playback.argument, playback.maxMs);
    if (reply.kind === 'gone') return reply;
    if (bargeIn) this.#entry.pressed(reply.event.getHeader('variable_playback_terminator_used') ?? '');
    const response = reply.event.getHeader('Application-Response') ?? '';
    if (response === 'FILE NOT FOUND' || response === 'PLAYBACK ERROR') {
      this.#options.onSkippedPrompt();
      this.#options.log.warn(
        { centre: this.centre, prompt: playback.argument, isSpeech: playback.isSpeech },
        'the centre cannot play a prompt',
      );
    }
    return undefined;
  }

  /** fsmrf subscribes to more than is read here, and each event is 6 KB. */
  #narrow(): void {
    this.#options.endpoint.conn?.sendRecv(
      'nixevent CHANNEL_EXECUTE CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER DTMF DETECTED_TONE PLAYBACK_START PLAYBACK_STOP BACKGROUND_JOB',
    );
  }

  /** Runs an application whose end is of no interest. */
  #tell(application: string, argument: string): void {
    if (this.#gone === undefined) this.#options.endpoint.execute(application, argument, () => undefined);
  }

  /** @param ms how long it may take by itself; undefined for as long as the port is there */
  async #run(application: string, argument: string, ms: number | undefined): Promise<Reply> {
    if (this.#gone !== undefined) return this.#gone;
    const { endpoint, clock } = this.#options;
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        if (!this.#waiting.delete(settle)) return;
        timer?.cancel();
        resolve(reply);
      };
      this.#waiting.add(settle);
      const timer =
        ms === undefined
          ? undefined
          : clock.after(ms + slackMs, 'ivr-command', () => this.#end('centre-silent'));
      endpoint.execute(application, argument, (_error, event) => {
        const cause = event?.getHeader('Hangup-Cause') ?? '';
        if (event === undefined || cause !== '') this.#end(cause === '' ? 'link-lost' : cause);
        else settle({ kind: 'event', event });
      });
    });
  }

  /** The application ends with the bridge; that it has begun is an event of its own. */
  async #untilBridged(): Promise<'bridged'> {
    const { conn } = this.#options.endpoint;
    conn?.sendRecv('event json CHANNEL_BRIDGE');
    return new Promise((resolve) => {
      conn?.on(`esl::event::CHANNEL_BRIDGE::${this.uuid}`, () => resolve('bridged'));
    });
  }

  /** Ends the port when none of the others comes in time. */
  async #expire(ms: number, ...others: readonly Promise<unknown>[]): Promise<PortGone> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, 'ivr-bridge', () => {
        this.#end('centre-silent');
        resolve({ kind: 'gone', reason: 'centre-silent' });
      });
      for (const other of others) void other.then(() => timer.cancel());
    });
  }

  #end(reason: string): void {
    if (this.#gone !== undefined) return;
    const gone: PortGone = { kind: 'gone', reason };
    this.#gone = gone;
    for (const settle of [...this.#waiting]) settle(gone);
    this.#release();
    this.#options.onReleased();
    if (!this.#isClosed) this.#onEnded?.(reason);
  }

  /** BYE, and then whatever is still open. */
  #release(): void {
    const { endpoint, dialog, legs, clock } = this.#options;
    const socket = endpoint.conn?.socket;
    if (dialog.connected) dialog.destroy();
    const timer = clock.after(releaseTimeoutMs, 'ivr-release', () => {
      legs.forget(dialog);
      socket?.destroy();
    });
    socket?.once('close', () => {
      if (!dialog.connected) timer.cancel();
    });
  }
}
