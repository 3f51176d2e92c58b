// proffer strategies demo: invented customers, into the store or into a file to look at.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { demoRows, FLAG_NAMES, publishDemo } from '../strategy-store/index.js';
import type { DemoOptions, StrategyRow } from '../strategy-store/index.js';
import { withStore } from './strategies-session.js';
import type { CommonOptions } from './strategies-session.js';
import { generationTable } from './strategies-text.js';

export interface DemoCommandOptions extends CommonOptions, DemoOptions {
  readonly out?: string;
}

/** With `out`, writes NDJSON there (`-`: standard output; gzipped when it ends in `.gz`); else publishes. */
export async function demo(options: DemoCommandOptions): Promise<void> {
  if (options.out !== undefined) {
    await writeRows(options.out, options);
    return;
  }
  await withStore(options, async ({ store }) => {
    const { published, failed } = await publishDemo(store.writer, options);
    const [failure] = failed;
    if (failure !== undefined) throw failure.error;
    if (options.json === true) process.stdout.write(`${JSON.stringify({ published }, null, 2)}\n`);
    else process.stdout.write(`${generationTable(published)}\n${store.describe()}\n`);
  });
}

async function writeRows(out: string, options: DemoOptions): Promise<void> {
  const source = Readable.from(chunks(options), { objectMode: false });
  if (out === '-') await pipeline(source, process.stdout, { end: false });
  else if (out.endsWith('.gz')) await pipeline(source, createGzip(), createWriteStream(out));
  else await pipeline(source, createWriteStream(out));
}

function* chunks(options: DemoOptions): Generator<string> {
  let chunk = '';
  for (const row of demoRows(options)) {
    chunk += `${JSON.stringify(lineOf(row))}\n`;
    if (chunk.length > 65_536) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}

/** The row as `strategies load` takes it. */
function lineOf({ partner, customer, phones, flags, arm, offers }: StrategyRow): unknown {
  return {
    partner,
    customer,
    phones,
    flags: FLAG_NAMES.filter((name) => flags[name]),
    arm,
    offers: offers.map(({ offerCode, propensity, value }) => ({ offer: offerCode, propensity, value })),
  };
}
