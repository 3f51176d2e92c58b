// Trunk check: the source address of a request against the address blocks of the trunks (RFC 4632, RFC 4291).
import { LRUCache } from 'lru-cache';
import { parseAddressBlock } from '../config/index.js';

/** IPv4 blocks take their IPv4-mapped place in the 128-bit space (RFC 4291 2.5.5.2), so that both forms of a source match. */
interface Block<T> {
  readonly network: bigint;
  readonly hostBits: bigint;
  readonly transports: ReadonlySet<string>;
  readonly owner: T;
}

export interface SourceRule<T> {
  /** IPv4 or IPv6 addresses or CIDR blocks. */
  readonly addresses: readonly string[];
  /** Such as `udp`, `tcp`. */
  readonly transports: readonly string[];
  readonly owner: T;
}

const ipv4MappedPrefix = 0xffffn << 32n;
const rememberedSources = 10_000;

function parseBlock(text: string): Pick<Block<unknown>, 'network' | 'hostBits'> | undefined {
  const block = parseAddressBlock(text);
  if (typeof block === 'string') return undefined;
  const { family, network, prefixLength } = block;
  return family === 4
    ? { network: ipv4MappedPrefix | network, hostBits: BigInt(32 - prefixLength) }
    : { network, hostBits: BigInt(128 - prefixLength) };
}

/** The 128-bit value of a source address; brackets and a zone are left out. Undefined when it is no address. */
function addressValue(text: string): bigint | undefined {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const block = parseBlock(bare);
  return block?.hostBits === 0n ? block.network : undefined;
}

/** Finds the owner of a source: the most specific block that admits the transport wins, then the earlier rule. */
export class SourceMatcher<T extends object> {
  readonly #blocks: readonly Block<T>[];
  readonly #seen = new LRUCache<string, { readonly owner: T | undefined }>({ max: rememberedSources });

  /** Texts that are no block are left out: the settings were checked before. */
  constructor(rules: readonly SourceRule<T>[]) {
    const blocks: Block<T>[] = [];
    for (const { addresses, transports, owner } of rules) {
      for (const text of addresses) {
        const block = parseBlock(text);
        if (block !== undefined) blocks.push({ ...block, transports: new Set(transports), owner });
      }
    }
    this.#blocks = blocks.sort((a, b) => Number(a.hostBits - b.hostBits));
  }

  find(address: string, transport: string): T | undefined {
    const key = `${transport} ${address}`;
    const known = this.#seen.get(key);
    if (known !== undefined) return known.owner;
    const owner = this.#search(address, transport);
    this.#seen.set(key, { owner });
    return owner;
  }

  #search(address: string, transport: string): T | undefined {
    const value = addressValue(address);
    if (value === undefined) return undefined;
    return this.#blocks.find(
      ({ network, hostBits, transports }) =>
        transports.has(transport) && value >> hostBits === network >> hostBits,
    )?.owner;
  }
}
