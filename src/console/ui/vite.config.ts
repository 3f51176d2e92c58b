// Builds the console's pages into dist/console; `node src/cli/launch.mjs` runs it when a source is newer.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: '../../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages allows no script but files of ours.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
  },
  // For `npx vite -c src/console/ui/vite.config.ts` beside a router, while pages are written.
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
});
