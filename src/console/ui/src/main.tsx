import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/app.css';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from './app/i18n.js';
import { makeQueries } from './app/queries.js';
import { SessionGate } from './app/session-gate.js';
import { Shell } from './app/shell.js';
import { Themed } from './app/themed.js';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// Read by get-nonce, for the styles that stop the page from scrolling behind a dialog.
Object.assign(globalThis, { __webpack_nonce__: nonce });
const queries = makeQueries();

async function start(): Promise<void> {
  await startI18n();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Themed nonce={nonce}>
          <Notifications position="bottom-right" />
          <SessionGate>
            <Shell />
          </SessionGate>
        </Themed>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
