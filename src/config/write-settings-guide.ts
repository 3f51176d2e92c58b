// Writes the tables of docs/settings.md: node dist/src/config/write-settings-guide.js [FILE].
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettingsTables } from './settings-guide.js';

const file = process.argv[2] ?? join('docs', 'settings.md');
const guide = withSettingsTables(readFileSync(file, 'utf8'));
if (guide === undefined) {
  process.stderr.write(`${file}: the marks that the tables stand between are not there\n`);
  process.exitCode = 1;
} else writeFileSync(file, guide);
