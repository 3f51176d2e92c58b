// Names at a centre: `sales@default` there is `sales` here when the domain is ours; all others are none of our business.

const maxLength = 128;

export class CentreNames {
  readonly #suffix: string;

  constructor(domain: string) {
    this.#suffix = `@${domain}`;
  }

  /** The id here; undefined for another domain, an empty name and one that is too long. */
  idOf(name: string | undefined): string | undefined {
    if (name === undefined || name.length > maxLength || !name.endsWith(this.#suffix)) return undefined;
    return name.length === this.#suffix.length ? undefined : name.slice(0, -this.#suffix.length);
  }

  nameOf(id: string): string {
    return id + this.#suffix;
  }
}
