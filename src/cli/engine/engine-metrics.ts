// /metrics, /healthz and /readyz of `proffer engine`.
import { collectDefaultMetrics, Registry } from 'prom-client';
import { HttpServer } from '../../console/index.js';
import type { ControlServer } from '../../control/index.js';
import type { Logger } from '../../kernel/index.js';
import type { SipEngine } from '../../sip/index.js';
import { observeEngine } from '../process-metrics.js';
import { observeAsDrachtio } from './drachtio-metrics.js';

export interface EngineMetricsOptions {
  readonly host: string;
  readonly port: number;
  readonly engine: SipEngine;
  readonly control: ControlServer;
  /** Somebody would serve a new request. */
  readonly takesCalls: () => boolean;
  readonly log: Logger;
}

export function openMetrics({
  host,
  port,
  engine,
  control,
  takesCalls,
  log,
}: EngineMetricsOptions): HttpServer {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'proffer_' });
  observeEngine(registry, engine);
  observeAsDrachtio(registry, engine, control);
  return new HttpServer({
    host,
    port,
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
  });
}
