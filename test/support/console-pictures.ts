// Pictures of the console for the guide: written where PROFFER_PICTURES names a folder (`docs/pictures` from the root of the
// repository), so that a test leaves the tree as it was.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { repositoryRoot } from './repository-root.js';

const { PROFFER_PICTURES: folder = '' } = process.env;

/** The shell's header, which stays, and some air. */
const headerHeight = 64;

/** The page from its top, or from `start` on, under a name that stays the same from run to run. */
export async function takePicture(page: Page, name: string, start?: Locator): Promise<void> {
  if (folder === '') return;
  await page.evaluate('window.scrollTo(0, 0)');
  const below = (await start?.boundingBox())?.y ?? 0;
  await page.evaluate(`window.scrollTo(0, ${below - headerHeight})`);
  await page.mouse.move(1, 799);
  const path = join(resolve(repositoryRoot, folder), `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  // Half the size; as it is where ImageMagick is not installed.
  spawnSync('convert', [path, '-strip', '+dither', '-colors', '255', `PNG8:${path}`]);
}
