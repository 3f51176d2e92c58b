// CPU of the router for one IVR port: opened, one prompt played, one digit collected, closed; against the scripted FreeSWITCH in a
// child process, whose events are as large as a real one's: `npm run bench:ivr [ports]`.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { FakeMediaServer } from '../support/fake-media-server.js';
import { collectRequest, isFailure, MediaStage, openRequest } from '../support/media-stage.js';

/** As many variables as make an event of 6 KB, as in the transcript of a real FreeSWITCH. */
const padding = 140;

interface Row {
  readonly name: string;
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly failed: number;
}

async function serve(): Promise<void> {
  const fake = await FakeMediaServer.open();
  Object.assign(fake.script, { padding, keys: '1' });
  process.send?.(fake.port);
}

async function onePort(stage: MediaStage): Promise<boolean> {
  const port = await stage.bank.open(openRequest);
  if (isFailure(port)) return false;
  const played = await port.play({ prompts: ['file:a.wav'], bargeIn: true });
  const collected = await port.collect({ ...collectRequest, maxDigits: 1, terminators: '' });
  port.close();
  return played.kind === 'played' && collected.kind === 'digits';
}

async function measure(stage: MediaStage, ports: number, atOnce: number): Promise<Row> {
  const before = process.cpuUsage();
  const started = performance.now();
  let failed = 0;
  let left = ports;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (!(await onePort(stage))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - started;
  return {
    name: `${atOnce} at once`,
    cpuMs: (user + system) / 1000 / ports,
    elapsedMs: elapsedMs / ports,
    failed,
  };
}

async function main(ports: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['fake']);
  const eventSocketPort = await new Promise<number>((resolve) =>
    child.once('message', (port) => resolve(Number(port))),
  );
  const stage = await MediaStage.open({ eventSocketPort, openTimeoutMs: 5000 });
  await stage.ready();
  await measure(stage, Math.ceil(ports / 4), 10);
  const table = new Table({
    head: ['ports', 'CPU of the router, ms a port', 'elapsed, ms a port', 'failed'],
  });
  for (const atOnce of [1, 50]) {
    const row = await measure(stage, ports, atOnce);
    table.push([row.name, row.cpuMs.toFixed(2), row.elapsedMs.toFixed(2), row.failed]);
  }
  await stage.isClean();
  process.stdout.write(`${table.toString()}\n${stage.bank.openPorts} ports, ${stage.legs} SIP legs left\n`);
  await stage.close();
  child.kill();
}

if (process.argv[2] === 'fake') await serve();
else await main(Number(process.argv[2] ?? 400));
