// A response without a transaction: RFC 3261 8.2.7.
import { createResponse } from '../message/create-message.js';
import type { SipMessage } from '../message/sip-message.js';
import type { Via } from '../message/via.js';
import type { Flow } from '../transport/transport.js';
import type { HeaderField } from './generated-requests.js';
import { responseTarget } from './response-target.js';
import { textHash } from './text-hash.js';
import type { TransactionContext } from './transaction-context.js';

export interface StatelessRequest {
  readonly request: SipMessage;
  readonly via: Via;
  readonly flow: Flow;
}

/** Answers a request and forgets it. Its retransmissions get the same answer, To tag included. */
export function respondStatelessly(
  context: Pick<TransactionContext, 'transport' | 'log' | 'branches'>,
  { request, via, flow }: StatelessRequest,
  status: number,
  headers: readonly HeaderField[] = [],
): void {
  const tag = textHash(`${request.callId} ${via.branch ?? via.toString()}`, context.branches.seed);
  const response = createResponse(request, status, undefined, tag);
  for (const { name, value } of headers) response.append(name, value);
  context.transport.send(response, responseTarget(via, flow), (error) => {
    context.log.debug({ err: error, callId: request.callId }, 'stateless response not sent');
  });
}
