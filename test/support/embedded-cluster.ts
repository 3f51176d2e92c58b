// Data directories with an embedded database in them that is already made: to make one takes seconds, to copy one does not.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedPlace, preparePlace } from '../../src/records/embedded/place.js';
import { TestChild } from './child-process.js';
import { madeOnce } from './made-once.js';
import { repositoryRoot } from './repository-root.js';

const maker = join(repositoryRoot, 'dist', 'src', 'records', 'embedded', 'make-cluster.js');

/** Puts an empty embedded database into a data directory, as the first start of a router would. */
export async function putEmbeddedCluster(dataDir: string): Promise<void> {
  const place = embeddedPlace(dataDir);
  preparePlace(place);
  cpSync(await template(), place.data, { recursive: true });
}

/**
 * The same, with what `fill` put into one.
 * @param key other for other contents
 */
export async function putFilledCluster(
  dataDir: string,
  key: string,
  fill: (dataDir: string) => Promise<void>,
): Promise<void> {
  const filled = await madeOnce(`embedded-${key}-${version()}`, async (directory) => {
    await putEmbeddedCluster(directory);
    await fill(directory);
    cpSync(embeddedPlace(directory).data, join(directory, 'made'), { recursive: true });
  });
  const place = embeddedPlace(dataDir);
  preparePlace(place);
  cpSync(filled, place.data, { recursive: true });
}

/** Where a client finds the embedded database of a router with this data directory, while the router runs. */
export function embeddedUrl(dataDir: string): string {
  return embeddedPlace(dataDir).url;
}

/** The process of the embedded database of a data directory, from its lock; undefined when none runs. */
export { embeddedProcessId } from '../../src/records/embedded/embedded-server.js';

function version(): string {
  const manifest = join(repositoryRoot, 'node_modules', '@electric-sql', 'pglite', 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version;
}

function template(): Promise<string> {
  return madeOnce(`embedded-cluster-${version()}`, async (directory) => {
    const child = new TestChild({ command: process.execPath, args: [maker, join(directory, 'made')] });
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`no embedded database could be made:\n${child.stderr}`);
  });
}
