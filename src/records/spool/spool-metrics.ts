// What Prometheus asks of the spool.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { SpoolFeed, SpoolMeasure } from './spool-feed.js';

/** Registers the metrics of a feed; they are read when Prometheus asks. */
export function observeSpool(registry: Registry, feed: SpoolFeed): void {
  const registers = [registry];
  // A directory that cannot be read leaves what was known.
  const measured = (): Promise<SpoolMeasure | undefined> => feed.measure().catch(() => undefined);
  new Gauge({
    name: 'proffer_spool_bytes_waiting',
    help: 'bytes of the decision log that the records database has not taken over',
    registers,
    async collect() {
      const measure = await measured();
      if (measure !== undefined) this.set(measure.bytesWaiting);
    },
  });
  new Gauge({
    name: 'proffer_spool_age_seconds',
    help: 'age of the oldest line of the decision log that the records database has not taken over; 0: none waits',
    registers,
    async collect() {
      const measure = await measured();
      if (measure !== undefined) this.set(measure.ageSeconds);
    },
  });
  new Gauge({
    name: 'proffer_spool_is_full',
    help: '1 while the decision log takes no lines: the disk is full or broken, or maxSpoolBytes wait',
    registers,
    collect() {
      this.set(feed.isFull ? 1 : 0);
    },
  });
  observeLines(registers, feed);
}

function observeLines(registers: Registry[], feed: SpoolFeed): void {
  new Counter({
    name: 'proffer_spool_lines_total',
    help: 'lines of the decision log by what became of them: in the tables, among the refused lines, lost before they were written',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      this.inc({ result: 'taken' }, feed.linesTaken - feed.linesRefused);
      this.inc({ result: 'refused' }, feed.linesRefused);
      this.inc({ result: 'dropped' }, feed.linesDropped);
    },
  });
}
