// A request without a transaction: the ACK to a 2xx (RFC 3261 13.2.2.4), and what is forwarded without state (16.11).
import type { SipMessage } from '../message/sip-message.js';
import type { LargeRequests } from '../transport/large-requests.js';
import type { Target } from '../transport/transport.js';
import { viaText } from './branch.js';
import type { TransactionContext } from './transaction-context.js';

type OnError = (error: Error) => void;
type SendContext = Pick<TransactionContext, 'transport' | 'largeRequests'>;

/**
 * Puts our Via on `message` and sends it; over TCP when it is too large for UDP (18.1.1).
 * @returns sends the same again, the same way
 */
export function sendOnce(
  { transport, largeRequests }: SendContext,
  message: SipMessage,
  hop: { readonly target: Target; readonly branch: string },
  onError: OnError,
): () => void {
  const { target, branch } = hop;
  message.prepend('via', viaText(transport.localFor(target), branch));
  const text = message.toString();
  const tcp = largeRequests?.targetFor(target, text.length);
  if (tcp !== undefined && largeRequests !== undefined) {
    return sendLarge({ transport, largeRequests }, message, { target, branch, tcp }, onError);
  }
  transport.send(text, target, onError);
  return sendAgain(transport, text, target, onError);
}

/** In a function of its own: what it returns lives as long as a dialog and may hold the text alone. */
function sendAgain(
  transport: SendContext['transport'],
  text: string,
  target: Target,
  onError: OnError,
): () => void {
  return () => transport.send(text, target, onError);
}

function sendLarge(
  { transport, largeRequests }: { transport: SendContext['transport']; largeRequests: LargeRequests },
  message: SipMessage,
  hop: { readonly target: Target; readonly branch: string; readonly tcp: Target },
  onError: OnError,
): () => void {
  const { target, branch, tcp } = hop;
  let text = '';
  let current = tcp;
  const moveTo = (next: Target): void => {
    current = next;
    message.setTopVia(viaText(transport.localFor(next), branch));
    text = message.toString();
  };
  moveTo(tcp);
  transport.send(text, current, (error) => {
    if (!largeRequests.fallsBack(target, error)) {
      onError(error);
      return;
    }
    moveTo(target);
    transport.send(text, target, onError);
  });
  return () => transport.send(text, current, onError);
}
