// Builds the console's pages into dist/console; `node src/cli/launch.mjs` runs it when a source is newer.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const packed = {
  gz: (content: Buffer) => promisify(gzip)(content, { level: 9 }),
  br: (content: Buffer) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
} as const;

/** Leaves a .gz and a .br beside each file that is worth it, so that nothing is compressed while it is served. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const folder = path.join(dir, 'assets');
      const files = (await readdir(folder)).filter((file) => /\.(js|css|svg|json)$/.test(file));
      await Promise.all(
        files.map(async (file) => {
          const content = await readFile(path.join(folder, file));
          if (content.length < 1024) return;
          for (const [ending, pack] of Object.entries(packed))
            await writeFile(path.join(folder, `${file}.${ending}`), await pack(content));
        }),
      );
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompressed()],
  build: {
    outDir: '../../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages allows no script but files of ours.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    // What counts is the first load, compressed: test/console/ui/bundle.test.ts.
    chunkSizeWarningLimit: 1500,
  },
  // For `npx vite -c src/console/ui/vite.config.ts` beside a router, while pages are written.
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
});
