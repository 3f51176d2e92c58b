#!/usr/bin/env node
// The command line. This file wires the commands together and turns what they throw into one line; nothing else.
import { Command } from 'commander';
import { callCommand } from './call.js';
import { callsCommand } from './calls.js';
import { centresCommand } from './centres.js';
import { checkCommand } from './check.js';
import { demoDataCommand } from './demo-data.js';
import { engineCommand } from './engine.js';
import { explainCommand } from './explain.js';
import { failureLines } from './failure.js';
import { forgetCommand } from './forget.js';
import { generationsCommand } from './generations.js';
import { settleEnvironment } from '../config/index.js';
import { connectSwitch } from '../freeswitch/index.js';
import { importCommand } from './import.js';
import { rankCommand } from './rank.js';
import { recordsCommand } from './records.js';
import { reportCommand } from './report.js';
import { startCommand } from './start.js';
import { strategiesCommand } from './strategies.js';
import { trainCommand } from './train.js';

settleEnvironment();
const program = new Command('proffer')
  .description('Offer-aware SIP call router for contact centres')
  .version('0.1.0')
  .addCommand(startCommand())
  .addCommand(checkCommand())
  .addCommand(explainCommand())
  .addCommand(callCommand())
  .addCommand(callsCommand())
  .addCommand(trainCommand())
  .addCommand(rankCommand())
  .addCommand(strategiesCommand())
  .addCommand(generationsCommand())
  .addCommand(recordsCommand())
  .addCommand(forgetCommand())
  .addCommand(reportCommand())
  .addCommand(centresCommand(connectSwitch))
  .addCommand(importCommand())
  .addCommand(demoDataCommand())
  .addCommand(engineCommand())
  .showHelpAfterError('(proffer COMMAND --help shows what it takes)');

try {
  await program.parseAsync();
} catch (error) {
  for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
  // Not by exitCode alone: what had been started when it failed, a reconnecting client say, would keep the process.
  process.exit(1);
}
