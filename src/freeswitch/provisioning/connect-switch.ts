// Provisioning's port over the event socket.
import { AppError, systemClock } from '../../kernel/index.js';
import { EventSocketConnection } from '../event-socket/connection.js';
import type { CloseCause, ConnectionClose } from '../event-socket/connection.js';
import type { SwitchAddress, SwitchConnection } from './switch-commands.js';

/** Thrown when a centre cannot be reached, does not let us in, or is lost before it has answered. */
export class SwitchUnreachableError extends AppError {
  constructor(message: string, cause: CloseCause | undefined) {
    super('SWITCH_UNREACHABLE', message, { fields: { cause } });
  }
}

/** What a person does about it. */
const fixes: Partial<Readonly<Record<CloseCause, string>>> = {
  'wrong-password': 'set FREESWITCH_ESL_SECRET to the password of event_socket.conf',
  'not-allowed': 'let this machine into the list that apply-inbound-acl of event_socket.conf names',
  'connect-failed': 'is FreeSWITCH running, and is eventSocket of centres.yaml its address?',
  silent: 'is eventSocket of centres.yaml the address of its event socket?',
};

/**
 * Connects and gives the password.
 * @throws SwitchUnreachableError that names the fix; `run` throws it too, when no answer comes
 */
export async function connectSwitch(address: SwitchAddress): Promise<SwitchConnection> {
  const at = `${address.host}:${address.port}`;
  let closed: ConnectionClose | undefined;
  const connection = await new Promise<EventSocketConnection>((resolve, reject) => {
    const opened = new EventSocketConnection(
      { ...address, clock: systemClock },
      {
        onReady: () => {
          resolve(opened);
        },
        onEvent: () => undefined,
        onMalformed: () => undefined,
        onData: () => undefined,
        onClose: (close) => {
          closed = close;
          reject(unreachable(at, close));
        },
      },
    );
  });
  return {
    async run(command) {
      const reply = await connection.ask(`api ${command}`);
      if (reply.kind !== 'lost') return reply.text;
      if (closed !== undefined) throw unreachable(at, closed);
      throw new SwitchUnreachableError(`${at}: ${reply.reason}`, undefined);
    },
    close() {
      connection.close();
    },
  };
}

function unreachable(at: string, { cause, reason }: ConnectionClose): SwitchUnreachableError {
  const fix = fixes[cause];
  const what = reason.includes(at) ? reason : `${at}: ${reason}`;
  return new SwitchUnreachableError(fix === undefined ? what : `${what}; ${fix}`, cause);
}
