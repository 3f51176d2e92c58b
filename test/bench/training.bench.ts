// How long it takes to train a model: penalty search over the folds, final fit, test and report. Run: npm run bench:training
import { cpus } from 'node:os';
import { encode } from '../../src/ranking/training/encoding.js';
import { fitLogistic } from '../../src/ranking/training/fit.js';
import { trainModel } from '../../src/ranking/training/train-model.js';
import { rowRange } from '../../src/ranking/training/training-table.js';
import type { TableColumn, TrainingTable } from '../../src/ranking/training/training-table.js';
import { seededRandom } from '../callcenter/simulated-queue.js';
import { logistic, normal } from '../ranking/training/tables.js';

const sizes = [40_000, 1_000_000];
const numericCount = 12;
const categoricalCount = 8;
const levels = Array.from({ length: 6 }, (_, i) => `level${i}`);

/** 20 columns, some values missing, of which half say something; takers about one in ten. */
function table(rowCount: number): TrainingTable {
  const random = seededRandom(1);
  const columns: TableColumn[] = [];
  const logits = new Float64Array(rowCount).fill(-2.5);
  for (let c = 0; c < numericCount; c++) {
    const values = Float64Array.from(logits, () => normal(random));
    if (c % 2 === 0) values.forEach((value, i) => (logits[i]! += 0.3 * value));
    if (c % 4 === 0) values.forEach((_, i) => (values[i] = random() < 0.05 ? NaN : values[i]!));
    columns.push({ kind: 'numeric', column: `number${c}`, values });
  }
  for (let c = 0; c < categoricalCount; c++) {
    const codes = Int32Array.from(logits, () => Math.floor(levels.length * random()));
    if (c % 2 === 0) codes.forEach((code, i) => (logits[i]! += 0.2 * (code - 2.5)));
    columns.push({ kind: 'categorical', column: `text${c}`, levels, codes });
  }
  const labels = Uint8Array.from(logits, (logit) => (random() < logistic(logit) ? 1 : 0));
  return { rowCount, columns, labels, times: null, customers: null };
}

function seconds(work: () => void): number {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) / 1000;
}

const settings = { model: 'bench', partner: 'bench', testPercent: 20, folds: 5 };

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node.js ${process.version}`);
console.log(`${numericCount + categoricalCount} columns, 5 folds x 6 penalties, one thread\n`);
console.log('     rows    one fit       rows/s   everything       rows/s  memory of the process');
for (const rows of sizes) {
  const data = table(rows);
  const all = rowRange(0, rows);
  const fit = seconds(() => fitLogistic(encode(data, all), all, data.labels, { penalty: 1 }));
  const everything = seconds(() => trainModel(data, settings, { trainedAt: 'now' }));
  const cells = [
    String(rows).padStart(9),
    `${fit.toFixed(2)} s`.padStart(9),
    String(Math.round(rows / fit)).padStart(11),
    `${everything.toFixed(1)} s`.padStart(11),
    String(Math.round(rows / everything)).padStart(11),
    `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`.padStart(20),
  ];
  console.log(cells.join('  '));
}
