// A process that writes lines through a DecisionLog, and takes them over by a SpoolFeed when it is given a database. It prints the
// number of each line up to which everything is on the disk, and `full` or `dropped N` when the log takes no more.
// Arguments: directory, first number, bytes a file, then URL and kind of the database or nothing.
import { writeSync } from 'node:fs';
import { DecisionLog, NdjsonFiles } from '../../src/calls/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { SpoolFeed } from '../../src/records/index.js';
import { RecordsDatabase } from '../../src/records/database/records-database.js';

const [directory = '', first = '0', fileBytes = '', url, kind] = process.argv.slice(2);
const database =
  url === undefined
    ? undefined
    : new RecordsDatabase({
        url,
        kind: kind === 'embedded' ? 'embedded' : 'postgresql',
        place: 'the database of the test',
        maxConnections: 2,
        connectTimeoutMs: 5000,
        statementTimeoutMs: 10_000,
        log: silentLogger,
      });
const source = {
  flush: (): Promise<boolean> => log.flush(),
  get isFull(): boolean {
    return log.isFull;
  },
  get dropped(): number {
    return log.dropped;
  },
};
const feed: SpoolFeed = new SpoolFeed({
  directory,
  prefix: 'decisions',
  database: () => database,
  source,
  clock: systemClock,
  log: silentLogger,
  limits: { pollMs: 5, firstPauseMs: 10, maxPauseMs: 100, maxBatchLines: 40 },
});
const log: DecisionLog = new DecisionLog({
  clock: systemClock,
  log: silentLogger,
  maxQueuedRecords: 500,
  store: new NdjsonFiles({
    directory,
    prefix: 'decisions',
    maxFileBytes: Number(fileBytes),
    maxFiles: 1000,
    taken: () => feed.taken,
  }),
});

await feed.start();
await log.start();
const common = {
  type: 'attempt',
  callId: 'c',
  destination: 'east/service',
  uri: 'sip:a@b',
  offer: undefined,
} as const;
let said = '';
for (let number = Number(first); ;) {
  for (let i = 0; i < 7; i++) {
    const at = new Date().toISOString();
    log.add({ ...common, at, decisionId: `d${number % 50}`, attempt: number++, status: 200, reason: 'OK' });
  }
  const isWritten = await log.flush();
  const word = isWritten ? `${number - 1}\n` : log.dropped > 0 ? 'dropped\n' : 'full\n';
  if (isWritten || word !== said) writeSync(1, word);
  said = word;
  await new Promise((resolve) => setTimeout(resolve, isWritten ? 1 : 20));
}
