// The bounds of the embedded engine, from sip.limits and sip.spammers of the settings.
import type { Settings } from '../config/index.js';
import { defaultTransportLimits } from '../sip/index.js';
import type { SipEngineOptions } from '../sip/index.js';

type SipSettings = Settings['process']['sip'];

export function engineBounds({
  limits,
  spammers,
}: Pick<SipSettings, 'limits' | 'spammers'>): Pick<
  SipEngineOptions,
  'limits' | 'guard' | 'spammers' | 'transportLimits'
> {
  const { perSource } = limits;
  return {
    limits: { maxTransactions: limits.openTransactions, maxDialogs: limits.openDialogs },
    guard: {
      windowMs: perSource.windowMs,
      messagesPerWindow: perSource.messages,
      invitesPerWindow: perSource.invites,
      openTransactions: perSource.openTransactions,
      quietMs: perSource.quietMs,
      sources: perSource.sources,
    },
    spammers,
    transportLimits: {
      ...defaultTransportLimits,
      message: {
        startLine: limits.startLineBytes,
        headerLine: limits.headerLineBytes,
        headerCount: limits.headerLines,
        head: limits.headBytes,
        body: limits.bodyBytes,
      },
      maxConnections: limits.connections,
      maxConnectionsPerPeer: limits.connectionsPerPeer,
      idleTimeoutMs: limits.idleConnectionMs,
      partialMessageTimeoutMs: limits.partialMessageMs,
      sendQueueBytes: limits.sendQueueBytes,
    },
  };
}
