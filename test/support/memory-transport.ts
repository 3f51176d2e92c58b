// A transport without sockets: what is sent is kept, and failures are made to order.
import type { SipTransportError } from '../../src/sip/errors.js';
import { parseMessage } from '../../src/sip/message/parse-message.js';
import type { SipMessage } from '../../src/sip/message/sip-message.js';
import type { ListenAddress, LocalAddress, Target, Transport } from '../../src/sip/transport/transport.js';

export interface Sent {
  /** The message as a peer would read it. */
  readonly message: SipMessage;
  readonly text: string;
  readonly target: Target;
  /** Reports that this message could not be sent, as the real transport does later. */
  readonly fail: (error: SipTransportError) => void;
}

export class MemoryTransport implements Transport {
  readonly listenAddresses: readonly ListenAddress[];
  /** Everything sent, in order. */
  readonly sent: Sent[] = [];
  /** Called with each message as it is sent; what it does is on the same turn. */
  onSent: (sent: Sent) => void = () => undefined;

  constructor(
    listenAddresses: readonly ListenAddress[] = [
      { protocol: 'udp', address: '192.0.2.1', port: 5060 },
      { protocol: 'tcp', address: '192.0.2.1', port: 5060 },
    ],
  ) {
    this.listenAddresses = listenAddresses;
  }

  localFor(target: Target): LocalAddress {
    const found =
      this.listenAddresses.find((one) => one.protocol === target.protocol) ?? this.listenAddresses[0];
    const listen = found ?? { protocol: target.protocol, address: '192.0.2.1', port: 5060 };
    return { ...listen, hostPort: listen.advertised ?? `${listen.address}:${listen.port}` };
  }

  send(message: SipMessage | string, target: Target, onError: (error: SipTransportError) => void): void {
    const text = message.toString();
    const result = parseMessage(text, 'stream');
    if (!result.ok) throw new Error(`a message was sent that no peer can read (${result.reason}):\n${text}`);
    let isFailed = false;
    const sent: Sent = {
      message: result.message,
      text,
      target,
      fail: (error) => {
        if (isFailed) return;
        isFailed = true;
        onError(error);
      },
    };
    this.sent.push(sent);
    this.onSent(sent);
  }

  /** Forgets what was sent and returns it. */
  take(): Sent[] {
    return this.sent.splice(0);
  }

  /** The last message sent. @throws when none was. */
  get last(): Sent {
    const sent = this.sent.at(-1);
    if (sent === undefined) throw new Error('nothing was sent');
    return sent;
  }
}
