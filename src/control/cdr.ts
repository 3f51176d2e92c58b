// CDR frames: the start, the answer and the end of each leg, for applications that registered `cdr:attempt`, `cdr:start`
// or `cdr:stop`. They follow the sip or response frame of the message they are about.
import type { Clock } from '../kernel/index.js';
import type { SipMessage } from '../sip/index.js';
import type { Applications } from './applications.js';
import { stackTime } from './stack-time.js';

export type CdrSource = 'network' | 'application';
export type CdrRole = 'uas' | 'uac' | 'proxy-uas' | 'proxy-uac';
export type CdrStopReason =
  'call-rejected' | 'call-canceled' | 'normal-release' | 'session-expired' | 'system-initiated-termination';

export class CdrReporter {
  readonly #applications: Applications;
  readonly #clock: Clock;
  readonly #isOn: boolean;

  constructor(applications: Applications, clock: Clock, isOn = true) {
    this.#applications = applications;
    this.#clock = clock;
    this.#isOn = isOn;
  }

  /** Some application wants CDRs. */
  get isWanted(): boolean {
    return (
      this.#isOn &&
      (this.#applications.serves('cdr:start') ||
        this.#applications.serves('cdr:stop') ||
        this.#applications.serves('cdr:attempt'))
    );
  }

  attempt(message: SipMessage, source: CdrSource): void {
    this.#send('cdr:attempt', message, source, '');
  }

  start(message: SipMessage, source: CdrSource, role: CdrRole): void {
    this.#send('cdr:start', message, source, `|${role}`);
  }

  stop(message: SipMessage, source: CdrSource, reason: CdrStopReason): void {
    this.#send('cdr:stop', message, source, `|${reason}`);
  }

  /** A final response to an INVITE: the leg was answered, or is over. */
  final(message: SipMessage, source: CdrSource, role: CdrRole): void {
    const { statusCode } = message;
    if (statusCode < 300) this.start(message, source, role);
    else this.stop(message, source, statusCode === 487 ? 'call-canceled' : 'call-rejected');
  }

  #send(route: string, message: SipMessage, source: CdrSource, rest: string): void {
    const connection = this.#isOn ? this.#applications.next(route) : undefined;
    if (connection === undefined) return;
    connection.send(`${route}|${source}|${stackTime(this.#clock.wallNow())}${rest}\r\n${message.toString()}`);
  }
}
