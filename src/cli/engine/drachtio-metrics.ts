// The engine's figures under the names that drachtio-server gives them, so that dashboards made for it go on working. Where its labels
// say more than we count (the method of a response), they are left out.
import type { Registry } from 'prom-client';
import type { ControlServer } from '../../control/index.js';
import type { SipEngine } from '../../sip/index.js';
import { gauge, labelledCounter } from '../process-metrics.js';

export function observeAsDrachtio(registry: Registry, engine: SipEngine, control: ControlServer): void {
  const { counters } = engine;
  gauge(registry, 'drachtio_app_connections', 'applications that are connected', () => control.applications);
  gauge(registry, 'drachtio_stable_dialogs', 'dialogs of our own legs', () => engine.openDialogs);
  gauge(
    registry,
    'drachtio_proxy_cores',
    'proxied requests without a final response',
    () => engine.openProxies,
  );
  for (const [name, label, help, counts] of [
    ['drachtio_sip_requests_in_total', 'method', 'requests received', counters.requestsIn],
    ['drachtio_sip_requests_out_total', 'method', 'requests sent', counters.requestsOut],
    ['drachtio_sip_responses_in_total', 'code', 'responses received', counters.responsesIn],
    ['drachtio_sip_responses_out_total', 'code', 'responses sent', counters.responsesOut],
  ] as const)
    labelledCounter(registry, [name, label], help, () => counts);
}
