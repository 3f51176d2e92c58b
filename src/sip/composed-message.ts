// A message that we composed: its text is made once, for the wire and for the application that hears what was sent.
import { SipMessage } from './message/sip-message.js';
import type { Via } from './message/via.js';

export class ComposedMessage extends SipMessage {
  #text: string | undefined;

  override toString(): string {
    return (this.#text ??= super.toString());
  }

  override set(name: string, value: string): void {
    this.#text = undefined;
    super.set(name, value);
  }

  override append(name: string, value: string): void {
    this.#text = undefined;
    super.append(name, value);
  }

  override prepend(name: string, value: string): void {
    this.#text = undefined;
    super.prepend(name, value);
  }

  override remove(name: string): void {
    this.#text = undefined;
    super.remove(name);
  }

  override popFirst(name: string): void {
    this.#text = undefined;
    super.popFirst(name);
  }

  override setTopVia(via: Via | string): void {
    this.#text = undefined;
    super.setTopVia(via);
  }
}
