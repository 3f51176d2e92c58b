// The key of the mark in our Record-Route: a file of the data directory, so that calls that are up go on when the router is
// started anew. Routers that stand in for each other under one address need the same file.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, randomHex } from '../kernel/index.js';

const fileName = 'route-key';

/** Makes the file if there is none that holds a key. */
export function routeKey(dataDir: string): string {
  const path = join(dataDir, fileName);
  const known = read(path);
  if (known !== undefined) return known;
  const key = randomHex(32);
  try {
    writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  } catch {
    // Another router of this directory was faster; or the disk is full, or the file broken, which is no reason not to take calls.
    return read(path) ?? key;
  }
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[0-9a-f]{32,128}$/.test(text) ? text : undefined;
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
