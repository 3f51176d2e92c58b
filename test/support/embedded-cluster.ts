// Data directories with an embedded database in them that is already made: to make one takes seconds, to copy one does not.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedPlace, preparePlace } from '../../src/records/embedded/place.js';
import { TestChild } from './child-process.js';
import { repositoryRoot } from './repository-root.js';

const maker = join(repositoryRoot, 'dist', 'src', 'records', 'embedded', 'make-cluster.js');

/** Puts an empty embedded database into a data directory, as the first start of a router would. */
export async function putEmbeddedCluster(dataDir: string): Promise<void> {
  const place = embeddedPlace(dataDir);
  preparePlace(place);
  cpSync(await template(), place.data, { recursive: true });
}

/** Where a client finds the embedded database of a router with this data directory, while the router runs. */
export function embeddedUrl(dataDir: string): string {
  return embeddedPlace(dataDir).url;
}

/** The process of the embedded database of a data directory, from its lock; undefined when none runs. */
export { embeddedProcessId } from '../../src/records/embedded/embedded-server.js';

/** Made once for each version of PGlite, by whichever test comes first. */
async function template(): Promise<string> {
  const manifest = join(repositoryRoot, 'node_modules', '@electric-sql', 'pglite', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const wanted = join(repositoryRoot, 'dist', `embedded-cluster-${version}`);
  if (existsSync(wanted)) return wanted;
  mkdirSync(join(repositoryRoot, 'dist'), { recursive: true });
  const own = mkdtempSync(`${wanted}.`);
  const child = new TestChild({ command: process.execPath, args: [maker, join(own, 'data')] });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`no embedded database could be made:\n${child.stderr}`);
  try {
    renameSync(join(own, 'data'), wanted);
  } catch {
    // Another test was first.
  }
  rmSync(own, { recursive: true, force: true });
  return wanted;
}
