// Metrics of the live links.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { LiveHub } from './hub.js';

/** Registers them; they read the counts of the hub when they are asked for. */
export function observeHub(registry: Registry, { counts }: Pick<LiveHub, 'counts'>): void {
  const registers = [registry];
  new Gauge({
    name: 'proffer_live_links',
    help: 'WebSockets of live events that are open',
    registers,
    collect() {
      this.set(counts.sockets);
    },
  });
  new Counter({
    name: 'proffer_live_messages_total',
    help: 'Messages sent over live links, by kind',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      this.inc({ kind: 'state' }, counts.states);
      this.inc({ kind: 'event' }, counts.events);
    },
  });
  new Counter({
    name: 'proffer_live_coalesced_total',
    help: 'Changes that were told by a later state, because they came fast or a client read slowly',
    registers,
    collect() {
      this.reset();
      this.inc(counts.coalesced);
    },
  });
  new Counter({
    name: 'proffer_live_closed_total',
    help: 'Live links closed from here, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(counts.closed)) this.inc({ reason }, count);
    },
  });
}
