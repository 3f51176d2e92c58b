// proffer.yaml against itself.
import { parseListenAddress } from '../listen-address.js';
import type { CrossCheck } from './tree.js';

/** The look-up has to end while there is still time to decide. */
export const deadlines: CrossCheck = (tree, report) => {
  const routing = tree.process?.key('routing');
  const store = routing?.key('storeDeadlineMs');
  const decision = routing?.key('decisionDeadlineMs').number;
  if (store?.number === undefined || decision === undefined || store.number < decision) return;
  report(
    store,
    `${store.number} is not less than decisionDeadlineMs (${decision}); the look-up must end before the decision`,
  );
};

/** Listen addresses can be read, and each transport of an address is there once. */
export const listenAddresses: CrossCheck = (tree, report) => {
  const taken = new Set<string>();
  for (const place of tree.process?.key('sip').list('listen') ?? []) {
    if (place.text === undefined) continue;
    const address = parseListenAddress(place.text);
    if (typeof address === 'string') {
      report(place, `${JSON.stringify(place.text)} ${address}`);
      continue;
    }
    for (const transport of address.transports) {
      const socket = `${transport} ${address.host}:${address.port}`;
      if (taken.has(socket)) report(place, `${socket} is in the list twice`);
      taken.add(socket);
    }
  }
};
