// IVR ports over many calls: real router process, stand-in centres, callers with RTP; what is open at four points:
// `npm run bench:ivr-soak [calls] [at once]`.
import Table from 'cli-table3';
import { openSoak, placeCalls, readSoak } from '../support/ivr-soak.js';

async function main(calls: number, atOnce: number): Promise<void> {
  const stage = await openSoak();
  const head = [
    'calls',
    'failed',
    'ports',
    'channels',
    'RTP ports',
    'sockets',
    'router RSS, MB',
    'router fds',
    's',
  ];
  const table = new Table({ head });
  const started = performance.now();
  try {
    let failed = 0;
    for (let quarter = 1; quarter <= 4; quarter++) {
      failed += await placeCalls(stage, calls / 4, atOnce);
      const one = await readSoak(stage, (calls / 4) * quarter, failed);
      const seconds = Math.round((performance.now() - started) / 1000);
      table.push([...(Object.values(one) as number[]), seconds]);
    }
  } finally {
    await stage.close();
  }
  process.stdout.write(`${table.toString()}\n`);
}

await main(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 50));
