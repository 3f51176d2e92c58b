// Peers of `proffer engine` that are known: their addresses and networks.
import { BlockList, isIP } from 'node:net';
import type { SipEngineOptions } from '../../sip/index.js';

/**
 * @param blocks addresses and CIDR blocks that were checked
 * @returns undefined when there are none: then the engine knows its own machine alone
 */
export function trustedSources(blocks: readonly string[]): SipEngineOptions['isTrusted'] {
  if (blocks.length === 0) return undefined;
  const list = new BlockList();
  for (const block of ['127.0.0.0/8', '::1', ...blocks]) {
    const [address = '', prefix] = block.split('/');
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return ({ remoteAddress }) => list.check(remoteAddress, familyOf(remoteAddress));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
