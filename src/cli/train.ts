// proffer train: trains the propensity models of ranking.yaml.
import { Command, InvalidArgumentError } from 'commander';
import type { TrainOptions } from './train-models.js';

const help = `
Trains the models of kind logistic in config/ranking.yaml: on the earlier rows, tested on the latest (testPercent).
A model is written to DATA/models/ID.json, where the next proffer rank finds it; the one before is kept as
ID.previous.json. What is known about it is in ID.report.html and ID.report.json.

--walk-forward also shows what training anew again and again would have given: each block of test rows is predicted
by a model trained on the rows before it, windowRows of them when that is set. It does not change what is written.

A model of one offer (data.offer) also learns from the exposures of the records database and what became of them
(records.exposures of the ranking). When there is a database and it is down, the model is not trained;
--without-records trains without it.

Exit codes:
  0  every model was trained and written (with --dry-run: trained)
  1  at least one was not; its file from before is untouched

Examples:
  $ proffer train
  $ proffer train acme-platinum --dry-run
  $ proffer train acme-platinum --block-rows 250`;

/** The command `train`. Sets `process.exitCode`. @throws SettingsError, NothingToTrainError */
export function trainCommand(): Command {
  return new Command('train')
    .description('train the propensity models and report how good they are')
    .argument('[models...]', 'models to train; all of kind logistic when none is named')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--dry-run', 'train and report; write nothing')
    .option('--walk-forward', 'also evaluate training anew as time goes on')
    .option(
      '--block-rows <rows>',
      'rows between trainings of --walk-forward, which it implies (default: window / 20)',
      whole,
    )
    .option('--without-records', 'leave out what was learned on calls')
    .option('--json', 'print the reports as JSON')
    .addHelpText('after', help)
    .action(async (models: readonly string[], options: TrainOptions) => {
      // Loaded when it is wanted: DuckDB takes a tenth of a second that other commands need not wait.
      const { trainModels } = await import('./train-models.js');
      await trainModels(models, options);
    });
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
