// proffer strategies: loads, shows and lists what the strategy store holds.
import { Command, InvalidArgumentError } from 'commander';
import { listGenerations } from './generations.js';
import { demo } from './strategies-demo.js';
import { loadFile } from './strategies-load.js';
import { show } from './strategies-show.js';

const loadHelp = `
FILE holds one JSON object a line, plain or gzipped:
  {"partner":"acme","customer":"A00104711","phones":["+15550204711"],"flags":["optOut"],
   "offers":[{"offer":"ACME-PLATINUM","propensity":0.12,"value":180}]}
Offers stand best first; service offers too where the flag serviceAlert is set. "arm" may be control or offer. flags may also be an object: {"optOut":true}. Flags: optOut, serviceAlert,
hardship, fraud, complaint, affiliateOptOut. A number that several customers of a partner have is stored as shared.

The file replaces all strategies of each partner in it, at once for every caller, when it has been read to
the end. Lines that are wrong are left out and told: the first 20 on the screen, all in FILE.refused.ndjson.

Exit codes:
  0  everything was published
  2  published, but some lines were refused
  1  nothing was published, or not for every partner; what was current before still serves

Example:
  $ proffer strategies load ranking.ndjson.gz --refused /tmp/refused.ndjson`;

const showHelp = `
Exit codes:
  0  found
  1  there is no such strategy, or the store cannot be read

Examples:
  $ proffer strategies show --phone +15550100001
  $ proffer strategies show --customer A00101000 --partner acme`;

/** The command `strategies`. Its actions set `process.exitCode` and throw AppError. */
export function strategiesCommand(): Command {
  return new Command('strategies')
    .description('load, show and list the strategies of customers')
    .addCommand(loadCommand())
    .addCommand(showCommand())
    .addCommand(listCommand())
    .addCommand(demoCommand());
}

function loadCommand(): Command {
  return common(new Command('load'), 'take lines of this partner only; lines may leave it out')
    .description('publish the strategies of an NDJSON file, in place of those there are')
    .argument('<file>', 'NDJSON, plain or gzipped; - reads standard input')
    .option('--refused <path>', 'where refused lines go (default: FILE.refused.ndjson)')
    .addHelpText('after', loadHelp)
    .action(loadFile);
}

function showCommand(): Command {
  return common(new Command('show'), 'look at this partner only')
    .description('print the strategy of a phone number or of a customer')
    .option('--phone <number>', 'in E.164 form, such as +15550100001')
    .option('--customer <reference>', 'reads every record: about a second a million')
    .addHelpText('after', showHelp)
    .action(show);
}

function listCommand(): Command {
  return common(new Command('list'), 'list this partner only')
    .description('list the generations in the store, as proffer generations list does')
    .action(listGenerations);
}

function demoCommand(): Command {
  return new Command('demo')
    .description('publish invented customers of the partners acme and borealis, or write them to a file')
    .option('--customers <count>', 'how many', positive, 20_000)
    .option('--seed <number>', 'the same customers for the same number', positive, 1)
    .option('--out <file>', 'write NDJSON there instead of publishing; - is standard output, .gz is gzipped')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON')
    .action(demo);
}

function common(command: Command, partnerHelp: string): Command {
  return command
    .option('--partner <id>', partnerHelp)
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON');
}

function positive(text: string): number {
  const number = Number(text);
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 9,999,999.');
  return number;
}
