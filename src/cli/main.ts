#!/usr/bin/env node
// The command line. This file wires the commands together and turns what they throw into one line; nothing else.
import { Command } from 'commander';
import { settleEnvironment } from '../config/index.js';
import { failureLines } from './failure.js';

/** In the order of the help. Each brings the part of Proffer that it needs: a command that is not asked for is not loaded. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.js')).startCommand(),
  check: async () => (await import('./check.js')).checkCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  call: async () => (await import('./call.js')).callCommand(),
  calls: async () => (await import('./calls.js')).callsCommand(),
  trace: async () => (await import('./trace.js')).traceCommand(),
  train: async () => (await import('./train.js')).trainCommand(),
  rank: async () => (await import('./rank.js')).rankCommand(),
  strategies: async () => (await import('./strategies.js')).strategiesCommand(),
  generations: async () => (await import('./generations.js')).generationsCommand(),
  records: async () => (await import('./records.js')).recordsCommand(),
  people: async () => (await import('./people.js')).peopleCommand(),
  forget: async () => (await import('./forget.js')).forgetCommand(),
  report: async () => (await import('./report.js')).reportCommand(),
  centres: async () => {
    const { connectSwitch } = await import('../freeswitch/index.js');
    return (await import('./centres.js')).centresCommand(connectSwitch);
  },
  import: async () => (await import('./import.js')).importCommand(),
  'demo-data': async () => (await import('./demo-data.js')).demoDataCommand(),
  engine: async () => (await import('./engine/engine-command.js')).engineCommand(),
};

settleEnvironment();
const program = new Command('proffer')
  .description('Offer-aware SIP call router for contact centres')
  .version('0.1.0')
  .showHelpAfterError('(proffer COMMAND --help shows what it takes)');
const [asked = ''] = process.argv.slice(2);
const chosen = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);

try {
  for (const name of chosen) {
    const command = await commands[name]?.();
    if (command !== undefined) program.addCommand(command);
  }
  await program.parseAsync();
} catch (error) {
  for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
  // Not by exitCode alone: what had been started when it failed, a reconnecting client say, would keep the process.
  process.exit(1);
}
