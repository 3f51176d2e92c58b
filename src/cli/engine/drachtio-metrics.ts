// The engine's figures under the names that drachtio-server gives them, so that dashboards made for it go on working. Where its labels
// say more than we count (the method of a response), they are left out.
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ControlServer } from '../../control/index.js';
import type { SipEngine } from '../../sip/index.js';
import { gauge } from '../process-metrics.js';

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
  labelled(registry, 'drachtio_sip_requests_in_total', 'requests received', 'method', counters.requestsIn);
  labelled(registry, 'drachtio_sip_requests_out_total', 'requests sent', 'method', counters.requestsOut);
  labelled(registry, 'drachtio_sip_responses_in_total', 'responses received', 'code', counters.responsesIn);
  labelled(registry, 'drachtio_sip_responses_out_total', 'responses sent', 'code', counters.responsesOut);
}

/** Reads one map of the engine's counters when it is asked for. */
function labelled(
  registry: Registry,
  name: string,
  help: string,
  ...[label, counts]: readonly [label: string, counts: ReadonlyMap<string | number, number>]
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, total] of counts) this.inc({ [label]: String(value) }, total);
    },
  });
}
