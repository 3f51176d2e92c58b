// One call for the embedded router: a control server that only the application of this process can reach.
import type { Clock, Logger } from '../kernel/index.js';
import type { SipEngine } from '../sip/index.js';
import { ControlServer } from './control-server.js';
import type { InProcessLink, InProcessLinkOptions } from './in-process-link.js';

export interface EmbeddedLinkOptions extends InProcessLinkOptions {
  /** What the application authenticates with. */
  readonly secret: string;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** Makes `engine` serve one drachtio-srf application of this process. For others as well, use `ControlServer.link`. */
export function createInProcessLink(engine: SipEngine, options: EmbeddedLinkOptions): InProcessLink {
  return new ControlServer(engine, options).link(options);
}
