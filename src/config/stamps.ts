// What settings files look like from outside: enough to see that one was written, replaced, made or removed.
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { sectionNames, sections } from './sections.js';
import type { Settings } from './settings.js';

const files = sectionNames.map((name) => sections[name].file);
const noFile = 'none';

/** The stamp of the files. Never throws. */
export function stampFiles(configDir: string): string {
  const stampOne = (file: string): string => {
    try {
      return textOf(statSync(join(configDir, file), { bigint: true }));
    } catch {
      return noFile;
    }
  };
  return files.map(stampOne).join(' ');
}

/** The same, without holding up the process. Never rejects. */
export async function stampFilesAside(configDir: string): Promise<string> {
  const stampOne = (file: string): Promise<string> =>
    stat(join(configDir, file), { bigint: true }).then(textOf, () => noFile);
  return (await Promise.all(files.map(stampOne))).join(' ');
}

function textOf({ mtimeNs, ino, size }: BigIntStats): string {
  return `${mtimeNs.toString()}:${ino.toString()}:${size.toString()}`;
}

const stamps = new WeakMap<Settings, string>();

/** Keeps the stamp that the files had just before `settings` were read from them. */
export function rememberStamp(settings: Settings, stamp: string): void {
  stamps.set(settings, stamp);
}

/** The stamp of the files that `settings` were read from; undefined when they were made otherwise. */
export function rememberedStamp(settings: Settings): string | undefined {
  return stamps.get(settings);
}
