// A transport without sockets: what the engine sends goes to a function, what it is to hear comes by a call.
import { parseMessage, TransportLayer } from '../../src/sip/index.js';
import type {
  Flow,
  ListenAddress,
  LocalAddress,
  SipMessage,
  Target,
  TransportLayerOptions,
} from '../../src/sip/index.js';
import { noteSource } from '../../src/sip/transport/note-source.js';

export const engineAddress = '10.0.0.1';

export class MemoryTransport extends TransportLayer {
  readonly #parts: TransportLayerOptions;
  readonly #onSent: (text: string, target: Target) => void;

  constructor(parts: TransportLayerOptions, onSent: (text: string, target: Target) => void) {
    super(parts);
    this.#parts = parts;
    this.#onSent = onSent;
  }

  override get listenAddresses(): readonly ListenAddress[] {
    return (['udp', 'tcp'] as const).map((protocol) => ({ protocol, address: engineAddress, port: 5060 }));
  }

  override async listen(): Promise<void> {
    // Nothing to open.
  }

  override async close(): Promise<void> {
    // Nothing to close.
  }

  override localFor({ protocol }: Target): LocalAddress {
    return { protocol, address: engineAddress, port: 5060, hostPort: `${engineAddress}:5060` };
  }

  override send(message: SipMessage | string, target: Target): void {
    this.#onSent(String(message), target);
  }

  /** A message comes in. What it makes the engine throw is thrown. */
  deliver(text: string, flow: Flow): void {
    const result = parseMessage(Buffer.from(text, 'latin1'), 'datagram');
    const request = result.ok ? result.message : result.partial;
    if (request?.isRequest === true) noteSource(request, flow, 'asked');
    if (result.ok) this.#parts.onMessage(result.message, flow);
    else this.#parts.onBadMessage(result, flow);
  }
}
