// What takes seconds to make and is copied by many tests: kept in dist, made by whichever test comes first.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './repository-root.js';

/**
 * @param name another for what is another thing
 * @param make puts it into the folder that it gets, as `made`
 * @returns where it is, not to be changed
 */
export async function madeOnce(
  name: string,
  make: (directory: string) => void | Promise<void>,
): Promise<string> {
  const wanted = join(repositoryRoot, 'dist', name);
  if (existsSync(wanted)) return wanted;
  mkdirSync(join(repositoryRoot, 'dist'), { recursive: true });
  const own = mkdtempSync(`${wanted}.`);
  try {
    await make(own);
    renameSync(join(own, 'made'), wanted);
  } catch (error) {
    // Another test may have been first.
    if (!existsSync(wanted)) throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return wanted;
}
