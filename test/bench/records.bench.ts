// What the records database costs: each part by itself on one PostgreSQL.
// Run: npm run bench:records [-- part ...]; all parts without one. RUNS sets how many of each kind are measured.
import { loadavg } from 'node:os';
import { benchIdentify } from './records/identify.js';
import { startBenchServer } from './records/bench-server.js';
import type { BenchServer } from './records/bench-server.js';

const runs = Number(process.env['RUNS'] ?? 5000);

/** Each starts with an empty, migrated database of its own and gives its report. */
const parts: Readonly<Record<string, (server: BenchServer) => Promise<string>>> = {
  identify: (server) => benchIdentify(server, runs),
};

const asked = process.argv.slice(2);
for (const [name, run] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const server = await startBenchServer();
  try {
    process.stdout.write(`${server.description}; load ${loadavg()[0]?.toFixed(1) ?? ''}\n`);
    process.stdout.write(`${await run(server)}\n\n`);
  } finally {
    await server.stop();
  }
}
