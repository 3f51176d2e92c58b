// Opening sockets, with errors that say in one line what to change.
import type { Server } from 'node:net';
import { errorCode, errorMessage } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';
import { hostInUri } from '../message/host-port.js';
import type { ListenAddress } from './transport.js';

/** Has `server` listen; resolves with its real port. Rejects with the system's error. */
export async function listenOn(server: Server, { address, port }: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: true, exclusive: true, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

/** The system's error on opening `address`, as ours. */
export function listenError(address: ListenAddress, error: unknown): SipTransportError {
  if (error instanceof SipTransportError) return error;
  const where = `${hostInUri(address.address)}:${address.port}/${address.protocol}`;
  const code = errorCode(error);
  if (code === 'EADDRINUSE') {
    const what = 'the port is in use; stop the program that has it or set another port';
    return new SipTransportError('SIP_PORT_IN_USE', `cannot listen on ${where}: ${what}`, { cause: error });
  }
  const why =
    code === 'EADDRNOTAVAIL'
      ? `${address.address} is no address of this machine`
      : code === 'EACCES'
        ? 'no permission for this port; ports below 1024 need a privilege'
        : errorMessage(error);
  return new SipTransportError('SIP_LISTEN_ADDRESS', `cannot listen on ${where}: ${why}`, { cause: error });
}
