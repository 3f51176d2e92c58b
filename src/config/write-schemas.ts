// Writes the JSON Schemas for editors: node dist/src/config/write-schemas.js [DIR], by default config/schema.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorSchemas } from './editor-schemas.js';

const directory = process.argv[2] ?? join('config', 'schema');
mkdirSync(directory, { recursive: true });
for (const { file, text } of editorSchemas()) writeFileSync(join(directory, file), text);
