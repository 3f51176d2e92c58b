// npm run bench:engine: what the engine costs by itself, under drachtio-srf and under the whole router, beside sockets without
// SIP (the floor) and Kamailio, in one run: CPU a message and a call, bytes allocated a call, and memory over many calls.
// A real drachtio-server on this machine takes part when DRACHTIO_HOST and DRACHTIO_PID say where it is: `drachtio` with a bare
// application, or in its place `drachtio-router` with the whole router, of redirects alone.
// Load comes from a process of its own and is not counted. Rounds go round the systems, so that a machine that slows down slows
// all of them. Before that each gets calls that are not counted, until its code is compiled (--warm-up).
// Settings: --calls N --rate N --rounds N --only parse,redirect,uas,proxy,memory --systems dgram,engine,...
// --warm-up CALLS --soak CALLS --soak-rate N
import { parseArgs } from 'node:util';
import { BenchChild } from './engine/child.js';
import { measureUnits } from './engine/units.js';
import { callTable, memoryTable, unitTable } from './engine/tables.js';
import type { CallKind } from './engine/load.js';
import { openSystems } from './engine/systems.js';
import { allocatedPerCall, placeCalls, soak } from './engine/measure.js';
import type { CallRow } from './engine/tables.js';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '8000' },
    rate: { type: 'string', default: '2000' },
    'warm-up': { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'parse,redirect,uas,proxy,memory' },
    systems: { type: 'string', default: 'dgram,engine,link,drachtio,router,kamailio' },
    soak: { type: 'string', default: '200000' },
    'soak-rate': { type: 'string', default: '2000' },
  },
});
const only = new Set(values.only.split(','));
const chosen = values.systems.split(',');
if (chosen.includes('drachtio') && chosen.includes('drachtio-router'))
  throw new Error('a drachtio-server has one application here: choose drachtio or drachtio-router');
const order = { calls: Number(values.calls), callsPerSecond: Number(values.rate) };
/** A server is up for days, and what the just-in-time compiler does in the first ten seconds is no cost of a call. */
const warmUp = { calls: Number(values['warm-up']), callsPerSecond: 2000 };

const load = new BenchChild('load.js');
try {
  if (only.has('parse')) console.log(unitTable(await measureUnits(100_000)));
  for (const kind of (['redirect', 'uas', 'proxy'] as const).filter((one) => only.has(one))) {
    console.log(callTable(kind, await measureKind(kind)));
  }
  if (only.has('memory')) {
    const readings = await soak(load, {
      calls: Number(values.soak),
      callsPerSecond: Number(values['soak-rate']),
    });
    console.log(memoryTable(readings));
  }
  console.log(
    `repeat with: npm run bench:engine -- --calls ${values.calls} --rate ${values.rate} --rounds ${values.rounds}`,
  );
} finally {
  await load.stop();
}

async function measureKind(kind: CallKind): Promise<CallRow[]> {
  const { systems, close } = await openSystems(kind, chosen);
  const emptyRow = (name: string) => ({ name, times: [] as number[], answered: 0, bytes: NaN });
  const rows = systems.map(({ name, part }) => ({
    whole: emptyRow(name),
    part: part === undefined ? undefined : emptyRow(part.name),
  }));
  try {
    for (const system of systems) await placeCalls(load, system, { kind, ...warmUp });
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [index, system] of systems.entries()) {
        const { microseconds, partMicroseconds, answered } = await placeCalls(load, system, {
          kind,
          ...order,
        });
        const row = rows[index];
        if (row === undefined) continue;
        row.whole.times.push(microseconds);
        row.whole.answered += answered;
        row.part?.times.push(partMicroseconds);
        if (row.part !== undefined) row.part.answered += answered;
      }
    }
  } finally {
    await close();
  }
  for (const [index, system] of systems.entries()) {
    const row = rows[index];
    if (row !== undefined && system.node !== undefined)
      row.whole.bytes = await allocatedPerCall(load, system.node, kind);
  }
  const asked = order.calls * Number(values.rounds);
  return rows
    .flatMap(({ whole, part }) => (part === undefined ? [whole] : [part, whole]))
    .map((row) => ({ ...row, asked }));
}
