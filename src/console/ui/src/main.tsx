import '@mantine/core/styles.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from './app/i18n.js';
import { SessionGate } from './app/session.js';
import { Shell } from './app/shell.js';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
const queries = new QueryClient();

async function start(): Promise<void> {
  await startI18n();
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <MantineProvider defaultColorScheme="auto" getStyleNonce={() => nonce}>
          <SessionGate>
            <Shell />
          </SessionGate>
        </MantineProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
