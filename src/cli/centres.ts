// proffer centres: queues, agents and tiers at the centres, from what the settings ask.
import { Command } from 'commander';
import { derivedQueues } from '../callcenter/index.js';
import { countChanges, desiredCentre, planChanges, queuesXml } from '../freeswitch/index.js';
import { applyCentres } from './centres-apply.js';
import { failure, print, printJson, tellFailure } from './centres-output.js';
import { planLines } from './centres-plan-text.js';
import { centreNamed, chosenCentres, isFailed, withCentre } from './centres-session.js';
import type { CentresContext, CentreView, ConnectSwitch, FailedCentre } from './centres-session.js';
import { centreStatus, statusLines } from './centres-status-text.js';
import type { CentreStatus } from './centres-status-text.js';
import { readSettings } from './read-settings.js';

const planHelp = `
Compares queues with steps of skills, agents and tiers of centres.yaml and offers.yaml with what each centre has.
  +  to add     ~  to change     -  to remove     i  left as it is, or worth knowing
What was made by hand is never changed or removed: only what "apply" added, which it keeps in DATA/provisioned/CENTRE.json.

Exit codes:
  0  nothing to do
  1  a centre could not be read
  2  there are differences

Example:
  $ proffer centres plan east`;

const applyHelp = `
Shows the plan of each centre and carries it out. It may be broken off and run again at any time. Queues come from
callcenter.conf alone: one that is missing there is named, "proffer centres xml" prints it, and the rest is applied.
Nobody who is logged in is logged out or removed; calls that run go on.

Exit codes:
  0  every centre is as the settings ask
  1  a centre could not be read, or something was refused

Example:
  $ proffer centres apply east`;

const statusHelp = `
KEPT BY is proffer for what "apply" added, hand for what is there otherwise.

Exit codes:
  0  shown
  1  a centre could not be read`;

const xmlHelp = `
For a file that callcenter.conf includes inside <queues>; without a connection to the centre.

Example:
  $ proffer centres xml east > /etc/freeswitch/queues/proffer.xml && proffer centres apply east`;

interface CentresOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** The command `centres`. @throws SettingsError, CentreArgumentError, LedgerError */
export function centresCommand(connect: ConnectSwitch): Command {
  const command = (name: string, description: string, help: string): Command =>
    new Command(name)
      .description(description)
      .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
      .option('--json', 'print the result as JSON')
      .addHelpText('after', help);
  return new Command('centres')
    .description('provision queues, agents and tiers of the centres from skills')
    .addCommand(
      command('plan', 'show what the settings ask for and the centres lack', planHelp)
        .argument('[centre...]', 'only these centres')
        .action((ids: string[], options: CentresOptions) => plan(contextOf(connect, options), ids, options)),
    )
    .addCommand(
      command('apply', 'make the centres as the settings ask', applyHelp)
        .argument('[centre...]', 'only these centres')
        .action((ids: string[], options: CentresOptions) =>
          applyCentres(contextOf(connect, options), ids, options),
        ),
    )
    .addCommand(
      command('status', 'show queues, agents and tiers as they are', statusHelp)
        .argument('[centre...]', 'only these centres')
        .action((ids: string[], options: CentresOptions) =>
          status(contextOf(connect, options), ids, options),
        ),
    )
    .addCommand(
      command('xml', 'print the queues of a centre for callcenter.conf', xmlHelp)
        .argument('<centre>', 'the centre')
        .action((id: string, options: CentresOptions) => {
          xml(contextOf(connect, options), id, options);
        }),
    );
}

function contextOf(connect: ConnectSwitch, { config }: CentresOptions): CentresContext {
  const { settings, environment } = readSettings(config);
  return {
    settings,
    derivedQueues: derivedQueues(settings),
    dataDir: environment.dataDir,
    password: environment.freeswitchSecret,
    connect,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Sets `process.exitCode`. @throws CentreArgumentError */
async function plan(
  context: CentresContext,
  ids: readonly string[],
  { json }: CentresOptions,
): Promise<void> {
  const results: (CentreView | FailedCentre)[] = [];
  for (const target of chosenCentres(context.settings, ids)) {
    results.push(await withCentre(context, target, (view) => view));
  }
  report(results, json, { toJson: planJson, toLines: (one) => planLines(one.plan, one.address) });
  const isDifferent = results.some((one) => !isFailed(one) && one.plan.steps.length > 0);
  process.exitCode = results.some(isFailed) ? 1 : isDifferent ? 2 : 0;
}

/** Sets `process.exitCode`. @throws CentreArgumentError */
async function status(
  context: CentresContext,
  ids: readonly string[],
  { json }: CentresOptions,
): Promise<void> {
  const results: (CentreStatus | FailedCentre)[] = [];
  for (const target of chosenCentres(context.settings, ids)) {
    results.push(await withCentre(context, target, centreStatus));
  }
  report(results, json, { toJson: (one) => ({ ok: true, ...one }), toLines: statusLines });
  process.exitCode = results.some(isFailed) ? 1 : 0;
}

/** @throws CentreArgumentError */
function xml(context: CentresContext, id: string, { json }: CentresOptions): void {
  const centre = centreNamed(context.settings, id);
  const desired = desiredCentre(centre, context.derivedQueues, context.date);
  const text = queuesXml(desired);
  if (json === true) printJson({ centre: id, queues: desired.queues.map((one) => one.name), xml: text });
  else process.stdout.write(text);
}

interface Reporting<T> {
  readonly toJson: (result: T) => object;
  readonly toLines: (result: T) => readonly string[];
}

/** One object, or the centres one after the other with a blank line between them. */
function report<T extends object>(
  results: readonly (T | FailedCentre)[],
  json: boolean | undefined,
  { toJson, toLines }: Reporting<T>,
): void {
  if (json === true) {
    printJson({ centres: results.map((one) => (isFailed(one) ? failure(one) : toJson(one))) });
    return;
  }
  for (const [index, one] of results.entries()) {
    if (isFailed(one)) tellFailure(one);
    else print([...(index === 0 ? [] : ['']), ...toLines(one)]);
  }
}

function planJson({ centre, address, plan: { steps, notes } }: CentreView): object {
  return { centre, ok: true, address, counts: countChanges(planChanges(steps)), steps, notes };
}
