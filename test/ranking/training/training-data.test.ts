import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Column, ModelSettings, PartnerRanking, Source } from '../../../src/config/index.js';
import { RankingDatabase } from '../../../src/ranking/database.js';
import { trainModel } from '../../../src/ranking/training/train-model.js';
import { loadTrainingData } from '../../../src/ranking/training/training-data.js';
import type { TrainingData } from '../../../src/ranking/training/training-data.js';
import { seededRandom } from '../../callcenter/simulated-queue.js';

const directory = mkdtempSync(join(tmpdir(), 'proffer-training-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  column: name,
  type,
  required: false,
  ...more,
});

function modelOf(file: string, columns: Column[], more: Partial<ModelSettings> = {}): ModelSettings {
  return {
    model: 'card',
    partner: 'acme',
    kind: 'logistic',
    data: {
      file: join(directory, file),
      format: 'auto',
      delimiter: ',',
      nullText: '',
      maxRejected: 9,
      columns,
    },
    label: 'sold',
    positive: 'yes',
    leaks: [],
    features: [],
    testPercent: 20,
    folds: 5,
    ...more,
  };
}

async function load(
  settings: ModelSettings,
  { threads = 2, rankings = [] as readonly PartnerRanking[] } = {},
): Promise<TrainingData> {
  const database = await RankingDatabase.open({ threads, memoryLimitMb: 256, directory });
  try {
    return await loadTrainingData(settings, {
      database,
      queries: undefined,
      records: undefined,
      directory,
      workDirectory: directory,
      signal: undefined,
      rankings,
    });
  } finally {
    database.close();
  }
}

const columns = [
  column('who', 'text'),
  column('at', 'timestamp'),
  column('age', 'integer'),
  column('isDigital', 'boolean'),
  column('job', 'text'),
  column('duration', 'integer'),
  column('sold', 'text'),
];

t.test(
  'rows are put in order of time; those without a label or a time are left out and counted',
  async (t) => {
    const lines = [
      'who,at,age,isDigital,job,duration,sold',
      'A3,2026-03-01 10:00:00,50,true,pilot,9,yes',
      'A1,2026-01-01 10:00:00,30,false,clerk,0,no',
      'A2,2026-02-01 10:00:00,,,,,no',
      'A1,2026-02-01 10:00:00,32,true,clerk,5,yes',
      'A4,2026-04-01 10:00:00,20,true,clerk,5,',
      ',,21,true,clerk,5,yes',
      'A5,2026-05-01,old,true,clerk,5,yes',
    ];
    writeFileSync(join(directory, 'calls.csv'), `${lines.join('\n')}\n`);
    const settings = modelOf('calls.csv', columns, {
      timeColumn: 'at',
      customerColumn: 'who',
      leaks: ['duration'],
    });
    const { table, notes, dropped } = await load(settings);
    t.equal(table.rowCount, 4);
    t.same([...table.labels], [0, 0, 1, 1]);
    t.same(
      Array.from(table.times!, (time) => new Date(time).toISOString().slice(0, 10)),
      ['2026-01-01', '2026-02-01', '2026-02-01', '2026-03-01'],
      'equal times keep the order of the file',
    );
    const [first, second, third, fourth] = table.customers!;
    t.equal(first, third);
    t.equal(new Set([first, second, fourth]).size, 3);
    t.match(table.columns, [
      { kind: 'numeric', column: 'age' },
      { kind: 'categorical', column: 'isDigital', levels: ['false', 'true'] },
      { kind: 'categorical', column: 'job', levels: ['clerk', 'pilot'] },
    ]);
    t.equal(table.columns.length, 3, 'the leak is not even read');
    const [age, isDigital, job] = table.columns;
    t.same(age?.kind === 'numeric' && [...age.values], [30, NaN, 32, 50]);
    t.same(isDigital?.kind === 'categorical' && [...isDigital.codes], [0, -1, 1, 1]);
    t.same(job?.kind === 'categorical' && [...job.codes], [0, -1, 0, 1]);
    t.match(dropped, [{ column: 'duration', why: /leaks/ }]);
    t.match(notes, [
      /^1 of 7 rows of data of model card rejected; they are in .*rejected\.csv$/,
      '1 row without a label left out',
      '1 row without a time left out',
    ]);
  },
);

t.test('a label that nobody has names those that there are', async (t) => {
  const settings = modelOf('calls.csv', columns, { positive: 'accepted' });
  await t.rejects(load(settings), {
    code: 'TRAINING_DATA',
    message: 'model card: no row has the label sold = accepted; its values are yes (3), no (2). Set positive',
  });
});

t.test('a feature that is no column is told', async (t) => {
  await t.rejects(load(modelOf('calls.csv', columns, { features: ['agee'] })), {
    message: /^model card: features: there is no column agee; the columns are who, at, age/,
  });
});

t.test('a time that is none is told', async (t) => {
  await t.rejects(load(modelOf('calls.csv', columns, { timeColumn: 'age' })), {
    message: 'model card: timeColumn: age is of type integer; it must be a date or a timestamp',
  });
});

/** Many rows out of order, some of one time. */
function writeMany(rows: number): void {
  const random = seededRandom(4);
  const lines = Array.from({ length: rows }, (_, i) => {
    const day = 1 + Math.floor(28 * random());
    const age = 20 + Math.floor(50 * random());
    const job = ['clerk', 'pilot', 'cook'][Math.floor(3 * random())]!;
    const sold = random() < age / 200 ? 'yes' : 'no';
    return `C${i},2026-0${1 + (i % 9)}-${String(day).padStart(2, '0')},${age},${String(i % 2 === 0)},${job},,${sold}`;
  });
  writeFileSync(join(directory, 'many.csv'), `who,at,age,isDigital,job,duration,sold\n${lines.join('\n')}\n`);
}

t.test('one thread and four give the same model, to the byte', async (t) => {
  writeMany(20_000);
  const settings = modelOf('many.csv', columns, { timeColumn: 'at', customerColumn: 'who' });
  const files: string[] = [];
  for (const threads of [1, 4]) {
    const { table, dropped, notes } = await load(settings, { threads });
    const trained = trainModel(table, settings, { trainedAt: 'then', dropped, notes });
    files.push(JSON.stringify([trained.file, trained.report]));
  }
  t.equal(files[0], files[1]);
});

const source = (name: Source['source'], file: string, own: Column[]): Source => ({
  source: name,
  file: join(directory, file),
  format: 'auto',
  delimiter: ',',
  nullText: '',
  maxRejected: 0,
  columns: own,
});

function acme(exposureColumns: Column[]): PartnerRanking {
  return {
    partner: 'acme',
    topK: 3,
    minExpectedValue: 0,
    contactPolicy: { withinDays: 30 },
    maxAgeHours: 48,
    keepRetired: 1,
    records: { exposures: false, purchases: false, serviceAlerts: false, bestOffer: false },
    sources: [
      source('customers', 'customers.csv', [column('customer', 'text'), column('age', 'integer')]),
      source('phones', 'no-such.csv', [column('customer', 'text'), column('phone', 'text')]),
      source('accounts', 'accounts.csv', [
        column('account', 'text'),
        column('customer', 'text'),
        column('balance', 'decimal', { aggregate: 'sum' }),
      ]),
      source('exposures', 'exposures.csv', exposureColumns),
    ],
    offers: [],
  };
}

const exposureColumns = [
  column('customer', 'text'),
  column('offer', 'text'),
  column('at', 'timestamp'),
  column('disposition', 'text'),
];

t.test('past exposures of an offer, with what is known of the customer and the accounts', async (t) => {
  writeFileSync(join(directory, 'customers.csv'), 'customer,age\nA1,30\nA2,40\nA3,50\n');
  writeFileSync(
    join(directory, 'accounts.csv'),
    'account,customer,balance\nx1,A1,10.5\nx2,A1,2\nx3,A2,7\nx4,A9,1\n',
  );
  const exposures = [
    'A2,CARD,2026-02-01,accepted',
    'A1,CARD,2026-01-01,declined',
    'A3,CARD,2026-03-01,callback',
    'A1,CARD,2026-04-01,not-presented',
    'A1,CARD,2026-04-02,',
    'A1,LOAN,2026-04-03,accepted',
    'A9,CARD,2026-04-04,accepted',
  ];
  writeFileSync(join(directory, 'exposures.csv'), `customer,offer,at,disposition\n${exposures.join('\n')}\n`);
  const settings = modelOf('', [], { positive: 'accepted' });
  const ofOffer = { ...settings, data: { ...settings.data, offer: 'CARD' } };
  const { table, notes } = await load(ofOffer, { rankings: [acme(exposureColumns)] });
  t.same([...table.labels], [0, 1, 0]);
  t.same(
    table.columns.map((one) => [one.column, one.kind === 'numeric' && [...one.values]]),
    [
      ['age', [30, 40, 50]],
      ['accounts.count', [2, 1, 0]],
      ['accounts.balance', [12.5, 7, NaN]],
    ],
    'columns are called as scoring calls them',
  );
  t.equal(new Set(table.customers).size, 3);
  t.match(notes, [/^2 of 5 exposures of CARD left out/, /as they are now/]);
  const named = await load(
    { ...ofOffer, features: ['accounts.balance'] },
    { rankings: [acme(exposureColumns)] },
  );
  t.same(
    named.table.columns.map((one) => one.column),
    ['accounts.balance'],
  );
});

t.test('exposures of nobody, or without what came of them, are told', async (t) => {
  const settings = modelOf('', []);
  const of = (offer: string) => ({ ...settings, data: { ...settings.data, offer } });
  await t.rejects(load(of('TRAVEL'), { rankings: [acme(exposureColumns)] }), {
    message: 'model card: there is no exposure of TRAVEL',
  });
  await t.rejects(load(of('CARD')), {
    message: /needs the source exposures, or records.exposures, in the ranking of acme/,
  });
  await t.rejects(load(of('CARD'), { rankings: [acme(exposureColumns.slice(0, 3))] }), {
    message: /needs the column disposition in the exposures of acme/,
  });
});
