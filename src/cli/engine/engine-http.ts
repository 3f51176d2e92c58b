// The HTTP side of `proffer engine`: /metrics, /healthz and /readyz where a port was asked for, and the reading of SIP messages for
// `proffer trace --engine`.
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { EngineSettings } from '../../config/index.js';
import { HttpServer, tokenAuthenticator, traceApi } from '../../console/index.js';
import type { Authenticator } from '../../console/index.js';
import type { ControlServer } from '../../control/index.js';
import type { Logger } from '../../kernel/index.js';
import type { MessageTrace, SipEngine } from '../../sip/index.js';
import { observeEngine } from '../process-metrics.js';
import { sipTraces } from '../sip-traces.js';
import { observeAsDrachtio } from './drachtio-metrics.js';

export interface EngineHttpOptions {
  readonly settings: Pick<EngineSettings, 'metrics' | 'apiToken'>;
  readonly engine: SipEngine;
  readonly control: ControlServer;
  /** Undefined where no messages are kept. */
  readonly trace: MessageTrace | undefined;
  /** Lets in who has the file of this engine. */
  readonly localDoor: Authenticator;
  /** Numbers, names and bodies are shown. */
  readonly isPersonalShown: boolean;
  /** Somebody would serve a new request. */
  readonly takesCalls: () => boolean;
  readonly log: Logger;
}

/** Without a port that was asked for it is one of loopback, for traces alone. */
export function openEngineHttp(options: EngineHttpOptions): HttpServer {
  const { settings, engine, control, takesCalls, log } = options;
  const registry = new Registry();
  if (settings.metrics !== undefined) {
    collectDefaultMetrics({ register: registry, prefix: 'proffer_' });
    observeEngine(registry, engine);
    observeAsDrachtio(registry, engine, control);
  }
  return new HttpServer({
    ...(settings.metrics ?? { host: '127.0.0.1', port: 0 }),
    registry,
    readiness: () => [
      engine.isDraining
        ? { part: 'sip', state: 'down', detail: 'draining' }
        : { part: 'sip', state: 'ready' },
      takesCalls()
        ? { part: 'applications', state: 'ready' }
        : { part: 'applications', state: 'down', detail: 'none is connected' },
    ],
    log,
    ...traceSide(options),
  });
}

function traceSide({ settings, trace, localDoor, isPersonalShown }: EngineHttpOptions) {
  if (trace === undefined) return {};
  const { apiToken } = settings;
  const process = { log: { personalData: isPersonalShown }, sip: { engine: 'embedded' } } as const;
  const traces = sipTraces({
    trace,
    settings: () => ({ centres: { centres: [] }, process }),
    callIds: { callIdOf: () => undefined, decisionIdsOf: () => new Map() },
    trunkOf: () => undefined,
  });
  return {
    areas: [traceApi(traces)],
    authenticators: [localDoor, ...(apiToken === undefined ? [] : [tokenAuthenticator(apiToken)])],
  };
}
