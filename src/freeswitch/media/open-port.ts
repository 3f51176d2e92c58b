// Opening a port: fsmrf sends the INVITE and waits for the outbound socket; here is what it lacks: a deadline, and nothing left over
// of an attempt that failed or came too late.
import { errorMessage } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { OpenPort, PortFailure } from '../../callcenter/index.js';
import type { FsmrfEndpoint, SrfMediaDialog } from './fsmrf.js';
import { LegAttempt } from './media-legs.js';
import type { MediaLegs } from './media-legs.js';
import type { MediaLink } from './media-link.js';

export interface OpenOptions {
  readonly request: OpenPort;
  readonly link: MediaLink;
  readonly legs: MediaLegs;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** A leg that was answered and has its outbound socket. */
export interface OpenedLeg {
  readonly kind: 'opened';
  readonly endpoint: FsmrfEndpoint;
  readonly dialog: SrfMediaDialog;
}

export async function openLeg(options: OpenOptions): Promise<OpenedLeg | PortFailure> {
  const { request, link, legs, clock, timeoutMs } = options;
  const attempt = new LegAttempt();
  return new Promise((resolve) => {
    const settle = (result: OpenedLeg | PortFailure): void => {
      timer.cancel();
      resolve(result);
    };
    const refuse = (failure: PortFailure): void => {
      attempt.abandon();
      settle(failure);
    };
    const timer = clock.after(timeoutMs, 'ivr-open', () => {
      attempt.abandon();
      resolve({ kind: 'failure', reason: 'unreachable', detail: `no port within ${timeoutMs} ms` });
    });
    try {
      legs
        .during(attempt, () => link.media.createEndpoint(endpointOptions(request)))
        .then(
          (endpoint) => {
            const { dialog } = attempt;
            if (attempt.isAbandoned || dialog === undefined) endpoint.conn?.socket?.destroy();
            else settle({ kind: 'opened', endpoint, dialog });
          },
          (error: unknown) => refuse(failureOf(error)),
        );
    } catch (error) {
      // What fsmrf asserts before it sends anything: DTLS, for one.
      refuse({ kind: 'failure', reason: 'rejected', detail: errorMessage(error) });
    }
  });
}

function endpointOptions({ program, sdpOffer, headers }: OpenPort) {
  const own: Record<string, string> = { 'X-Proffer-Program': oneLine(program) };
  for (const name in headers) own[name] = oneLine(headers[name] ?? '');
  return { headers: own, ...(sdpOffer === '' ? {} : { remoteSdp: sdpOffer }) };
}

/** A line break would begin a header of its own. */
function oneLine(value: string): string {
  return value.replaceAll(/[\r\n\0]+/g, ' ');
}

function failureOf(error: unknown): PortFailure {
  const detail = errorMessage(error);
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 0;
  if (status === 486 || status === 503 || status === 600) return { kind: 'failure', reason: 'busy', detail };
  // RFC 3261 21.4: the request is at fault, and another try would be too; 408, 480 and 487 are about now.
  const isRefusal = status >= 400 && status < 500 && ![408, 480, 487].includes(status);
  return { kind: 'failure', reason: isRefusal ? 'rejected' : 'unreachable', detail };
}
