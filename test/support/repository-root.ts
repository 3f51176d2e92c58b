// The root of the repository, wherever the tests were built to: tests run with it as the working directory.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

function isRoot(folder: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return manifest.name === 'proffer';
  } catch {
    return false;
  }
}

export const repositoryRoot: string = isRoot(process.cwd())
  ? process.cwd()
  : resolve(import.meta.dirname, '../../..');
