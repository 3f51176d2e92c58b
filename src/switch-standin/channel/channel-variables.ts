// Variables of a channel: FreeSWITCH compares their names without case and keeps the spelling of the last that was set
// (switch_event_get_header_ptr of its switch_event.c), so that `User-To-User` of a peer is what `sip_h_User-to-User` asks for.

/** In the order in which they were set; one that is set again in another spelling goes to the end. */
export class ChannelVariables extends Map<string, string> {
  readonly #spellings = new Map<string, string>();

  override get(name: string): string | undefined {
    return super.get(this.#spelled(name));
  }

  override has(name: string): boolean {
    return super.has(this.#spelled(name));
  }

  override set(name: string, value: string): this {
    const before = this.#spelled(name);
    if (before !== name) super.delete(before);
    this.#spellings.set(name.toLowerCase(), name);
    return super.set(name, value);
  }

  override delete(name: string): boolean {
    const isDeleted = super.delete(this.#spelled(name));
    this.#spellings.delete(name.toLowerCase());
    return isDeleted;
  }

  #spelled(name: string): string {
    return this.#spellings.get(name.toLowerCase()) ?? name;
  }
}
