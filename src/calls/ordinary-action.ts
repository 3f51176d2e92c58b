// The action of a trunk for calls that are in no IVR: redirect, proxy, or legs of our own.
import type { RouteStep } from '../decision/index.js';
import { unsupportedOptions } from './leg-headers.js';
import { startProxy } from './proxy-action.js';
import { redirect } from './redirect-action.js';
import type { Action, RoutedCall } from './routed-call.js';
import { SerialSearch } from './serial-search.js';

/** The rest of a call that ended while its action was being chosen. */
const nothingLeft: Action = { cancel: () => undefined, abandon: () => undefined };

/** Starts it for these steps of the call's decision; the caller is not answered yet. */
export function startOrdinary(routed: RoutedCall, steps: readonly RouteStep[]): Action {
  switch (routed.trunk.action) {
    case 'redirect':
      redirect(routed);
      return nothingLeft;
    // Of a refer trunk too: only a call that was in an IVR is moved by REFER.
    case 'refer':
    case 'proxy':
      return startProxy(routed, steps) ?? dialOurselves(routed, steps);
    case 'b2bua':
      return dialOurselves(routed, steps);
  }
}

function dialOurselves(routed: RoutedCall, steps: readonly RouteStep[]): Action {
  const unsupported = unsupportedOptions(routed.call.header('require'));
  if (unsupported.length === 0) return new SerialSearch(routed, steps);
  routed.call.respond(420, { headers: { Unsupported: unsupported.join(', ') } });
  routed.ended({ result: 'client-error', reason: 'extension-required' }, { status: 420, step: undefined });
  routed.released();
  return nothingLeft;
}
