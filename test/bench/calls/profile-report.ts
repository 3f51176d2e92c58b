// Where the time of a CPU profile (node --cpu-prof) goes: self time by group of source files and by function.
// Run as: node dist/test/bench/calls/profile-report.js FILE.cpuprofile [functions]
import { readFileSync } from 'node:fs';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const groups: readonly (readonly [group: string, pattern: RegExp])[] = [
  ['idle', /^\(idle\)/],
  ['garbage collector', /^\(garbage collector\)/],
  ['native (program)', /^\(program\)/],
  ['srf', /node_modules\/drachtio-srf/],
  ['ioredis', /node_modules\/(ioredis|redis-)/],
  ['lmdb', /node_modules\/(lmdb|msgpackr|ordered-binary|weak-lru-cache)/],
  ['pino', /node_modules\/(pino|sonic-boom|thread-stream)/],
  ['prom-client', /node_modules\/prom-client/],
  ['libphonenumber', /node_modules\/libphonenumber/],
  ['other packages', /node_modules/],
  ['engine: message', /src\/sip\/message/],
  ['engine: transport', /src\/sip\/transport/],
  ['engine: transaction', /src\/sip\/transaction/],
  ['engine: proxy', /src\/sip\/proxy/],
  ['engine: rest', /src\/sip\//],
  ['control', /src\/control\//],
  ['calls', /src\/calls\//],
  ['decision', /src\/(decision|callcenter|offers)\//],
  ['strategy store', /src\/strategy-store\//],
  ['kernel, config, cli, console', /src\//],
  ['node: dgram', /node:(dgram|internal\/dgram)/],
  ['node: net and streams', /node:(net|internal\/streams|internal\/stream_base|stream)/],
  ['node: timers, ticks, promises', /node:internal\/(timers|process\/task_queues|async_hooks|promise)/],
  ['node: rest', /node:/],
];

function groupOf({ functionName, url }: CallFrame): string {
  const text = url === '' ? functionName : url;
  return groups.find(([, pattern]) => pattern.test(text))?.[0] ?? `built in: ${functionName}`;
}

const [file = '', limit = '40'] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
const byGroup = new Map<string, number>();
const byFunction = new Map<string, number>();
let busy = 0;
profile.samples.forEach((id, index) => {
  const frame = frames.get(id);
  const micros = profile.timeDeltas[index] ?? 0;
  if (frame === undefined) return;
  const group = groupOf(frame);
  if (group === 'idle') return;
  busy += micros;
  byGroup.set(group, (byGroup.get(group) ?? 0) + micros);
  const place = frame.url.replace(/^.*\/(node_modules|src)\//, '');
  const name = `${group} | ${frame.functionName === '' ? '(anonymous)' : frame.functionName} | ${place}:${frame.lineNumber + 1}`;
  byFunction.set(name, (byFunction.get(name) ?? 0) + micros);
});

function print(title: string, times: ReadonlyMap<string, number>, count: number): void {
  console.log(`\n${title}`);
  for (const [name, micros] of [...times].toSorted((a, b) => b[1] - a[1]).slice(0, count)) {
    console.log(
      `${((100 * micros) / busy).toFixed(1).padStart(5)} %  ${(micros / 1000).toFixed(0).padStart(6)} ms  ${name}`,
    );
  }
}
console.log(`busy: ${(busy / 1000).toFixed(0)} ms`);
print('by group', byGroup, 40);
print('by function', byFunction, Number(limit));
