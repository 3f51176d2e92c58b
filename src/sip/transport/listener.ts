// One open listen address and how peers see it.
import { isIPv6 } from 'node:net';
import { hostInUri } from '../message/host-port.js';
import type { RouteSource } from './route-source.js';
import type { ListenAddress, LocalAddress } from './transport.js';

export class Listener {
  readonly address: ListenAddress;
  readonly isV6: boolean;
  readonly #routes: RouteSource;
  /** Set when every peer sees the same address. */
  readonly #fixed: LocalAddress | null;
  readonly #bySource = new Map<string, LocalAddress>();

  constructor(address: ListenAddress, routes: RouteSource) {
    this.address = address;
    this.isV6 = isIPv6(address.address);
    this.#routes = routes;
    this.#fixed = this.isWildcard ? null : localAddress(address, address.address);
  }

  get isWildcard(): boolean {
    return this.address.address === '0.0.0.0' || this.address.address === '::';
  }

  /** This address as the peer at `remote` sees it. */
  toward(remote: string): LocalAddress {
    if (this.#fixed !== null) return this.#fixed;
    const source = this.#routes.toward(remote);
    let local = this.#bySource.get(source);
    if (local === undefined) {
      local = localAddress(this.address, source);
      this.#bySource.set(source, local);
    }
    return local;
  }
}

function localAddress(listen: ListenAddress, address: string): LocalAddress {
  const { advertised, port } = listen;
  const hasPort = advertised !== undefined && /(\]|^[^:]*):\d+$/.test(advertised);
  const hostPort = hasPort ? advertised : `${hostInUri(advertised ?? address)}:${port}`;
  return { ...listen, address, hostPort };
}
