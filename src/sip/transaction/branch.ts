// Branches of one layer, told from those of others by a random mark: RFC 3261 8.1.1.7, 16.6 step 8.
import { randomHex } from '../../kernel/index.js';
import type { LocalAddress, Protocol } from '../transport/transport.js';
import { magicCookie } from './matching.js';

/** Makes branches and knows them again. */
export class BranchMaker {
  /** What all branches of this layer start with. */
  readonly prefix = `${magicCookie}${randomHex(4)}`;
  /** Seed of whatever is hashed into a branch or a tag, so that neither can be made up by others. */
  readonly seed = parseInt(randomHex(4), 16);

  /** A new branch. `suffix` (token characters without a dot) can be read back by `suffixOf`. */
  next(suffix = ''): string {
    const unique = this.prefix + randomHex(8);
    return suffix === '' ? unique : `${unique}.${suffix}`;
  }

  /** A branch that is a function of `digest`, for messages forwarded statelessly (16.11). */
  stateless(digest: string): string {
    return `${this.prefix}-${digest}`;
  }

  isOurs(branch: string | undefined): boolean {
    return branch?.startsWith(this.prefix) === true;
  }

  /** What `next` was given for this branch; '' for none, or when it is not ours. */
  suffixOf(branch: string | undefined): string {
    if (branch === undefined || !this.isOurs(branch)) return '';
    const dot = branch.indexOf('.');
    return dot === -1 ? '' : branch.slice(dot + 1);
  }
}

const viaTransport: Readonly<Record<Protocol, string>> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' };

/** The text of our Via. `rport` asks for the response to come to where the request came from (RFC 3581 3). */
export function viaText(local: LocalAddress, branch: string): string {
  return `SIP/2.0/${viaTransport[local.protocol]} ${local.hostPort};branch=${branch};rport`;
}
