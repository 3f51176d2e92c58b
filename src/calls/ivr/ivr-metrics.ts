// What IVR calls, identifications and exposures count, for Prometheus. Labels come from the settings and from fixed words.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ExposureState } from './exposure-line.js';

/** How a call left an IVR program; `no-port`: it never got there. */
export type IvrCallEnd =
  'sales' | 'service' | 'hang-up' | 'caller-gone' | 'centre-gone' | 'limit' | 'no-port';

/** How an identification by digits ended. */
export type IdentificationResult =
  | 'person'
  | 'account'
  | 'no-match'
  | 'blocked'
  | 'timeout'
  | 'failure'
  | 'caller-gone'
  | 'centre-gone'
  | 'no-port';

export class IvrMetrics {
  readonly #calls: Counter<'program' | 'end'>;
  readonly #identifications: Counter<'result'>;
  readonly #exposures: Counter<'kind' | 'state'>;

  /** @param portsInUse ports of IVR programs open now, read when Prometheus asks */
  constructor(registry: Registry, portsInUse: () => number) {
    const registers = [registry];
    this.#calls = new Counter({
      name: 'proffer_ivr_calls_total',
      help: 'calls that an IVR program presented an offer to, by how they left it',
      labelNames: ['program', 'end'],
      registers,
    });
    this.#identifications = new Counter({
      name: 'proffer_identifications_total',
      help: 'callers who were asked for an account number, by how that ended',
      labelNames: ['result'],
      registers,
    });
    this.#exposures = new Counter({
      name: 'proffer_exposures_total',
      help: 'exposures of offers, by kind of presentation and state reached',
      labelNames: ['kind', 'state'],
      registers,
    });
    new Gauge({
      name: 'proffer_ivr_ports_in_use',
      help: 'IVR ports that this router holds open',
      registers,
      collect() {
        this.set(portsInUse());
      },
    });
  }

  /** @param program `centre/program` */
  ivrCall(program: string, end: IvrCallEnd): void {
    this.#calls.inc({ program, end });
  }

  identification(result: IdentificationResult): void {
    this.#identifications.inc({ result });
  }

  exposure(kind: 'agent' | 'ivr', state: ExposureState): void {
    this.#exposures.inc({ kind, state });
  }
}
