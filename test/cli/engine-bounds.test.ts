// Every bound of sip.limits reaches the engine; what nobody sets is what the engine has by itself.
import t from 'tap';
import { engineBounds } from '../../src/cli/engine-bounds.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { defaultEngineLimits, defaultSpammerRules, defaultTransportLimits } from '../../src/sip/index.js';
import { SettingsFolder } from '../support/router-settings.js';

function settingsWith(limits: object): Settings['process']['sip'] {
  const folder = new SettingsFolder();
  try {
    folder.change((draft) => Object.assign(draft.proffer.sip ?? {}, { limits }));
    const loaded = loadSettings(folder.path, readEnvironment({}));
    if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join());
    return loaded.settings.process.sip;
  } finally {
    folder.remove();
  }
}

t.test('the defaults of the settings are those of the engine, but for the rates of one source', (t) => {
  const bounds = engineBounds(settingsWith({}));
  t.strictSame(bounds.transportLimits, defaultTransportLimits);
  t.equal(bounds.limits?.maxTransactions, defaultEngineLimits.maxTransactions);
  t.equal(bounds.limits?.maxDialogs, defaultEngineLimits.maxDialogs);
  t.strictSame(bounds.spammers, defaultSpammerRules);
  t.match(bounds.guard, {
    windowMs: 2000,
    messagesPerWindow: 200,
    invitesPerWindow: 40,
    openTransactions: 200,
  });
  t.end();
});

t.test('each bound that is set arrives', (t) => {
  const { limits, guard, transportLimits } = engineBounds(
    settingsWith({
      startLineBytes: 501,
      headerLines: 102,
      headerLineBytes: 503,
      headBytes: 2004,
      bodyBytes: 105,
      openTransactions: 106,
      openDialogs: 107,
      connections: 108,
      connectionsPerPeer: 109,
      partialMessageMs: 1010,
      idleConnectionMs: 11_111,
      sendQueueBytes: 70_012,
      perSource: {
        windowMs: 113,
        messages: 114,
        invites: 115,
        openTransactions: 116,
        quietMs: 1017,
        sources: 318,
      },
    }),
  );
  t.strictSame(limits, { maxTransactions: 106, maxDialogs: 107 });
  t.strictSame(guard, {
    windowMs: 113,
    messagesPerWindow: 114,
    invitesPerWindow: 115,
    openTransactions: 116,
    quietMs: 1017,
    sources: 318,
  });
  t.strictSame(transportLimits?.message, {
    startLine: 501,
    headerLine: 503,
    headerCount: 102,
    head: 2004,
    body: 105,
  });
  t.match(transportLimits, {
    maxConnections: 108,
    maxConnectionsPerPeer: 109,
    partialMessageTimeoutMs: 1010,
    idleTimeoutMs: 11_111,
    sendQueueBytes: 70_012,
  });
  t.end();
});
