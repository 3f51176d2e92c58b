import { callOwners } from '../../src/cli/call-owners.js';
import type { CallOwnersParts } from '../../src/cli/call-owners.js';
import { systemClock } from '../../src/kernel/index.js';
import { onEachDatabase } from '../support/records-stage.js';
import { openShop, placeCall } from '../support/records-shop.js';

type Live = ReturnType<CallOwnersParts['live']['get']>;

onEachDatabase('whose a call is, now and before', async (t, { database }) => {
  await openShop(database);
  await placeCall(database, { decisionId: 'recorded', at: Date.now() });
  const live = new Map<string, Live>();
  const at = (agent: string | undefined) =>
    ({ partner: 'acme', at: { centre: 'east', queue: 'sales', agent } }) as Live;
  live.set('talking', at('1002'));
  live.set('recorded', at(undefined));
  live.set('new', at(undefined));
  let drains = 0;
  const owners = callOwners({
    live: { get: (id) => live.get(id) },
    database,
    drain: async () => {
      drains++;
      if (drains === 2) await placeCall(database, { decisionId: 'just-ended', at: Date.now() });
      return true;
    },
    clock: systemClock,
  });
  const anna = ['east/1001'];
  t.strictSame(await owners.partiesOf('recorded', anna), { partner: 'acme', isTheirs: true });
  t.strictSame(await owners.partiesOf('talking', ['east/1002']), { partner: 'acme', isTheirs: true });
  t.strictSame(await owners.partiesOf('talking', []), { partner: 'acme', isTheirs: false });
  t.equal(drains, 0, 'nothing had to be waited for');
  t.strictSame(await owners.partiesOf('talking', anna), { partner: 'acme', isTheirs: false });
  t.strictSame(await owners.partiesOf('just-ended', anna), { partner: 'acme', isTheirs: true });
  t.strictSame(await owners.partiesOf('recorded', ['west/1001', '1001']), {
    partner: 'acme',
    isTheirs: false,
  });
  t.strictSame(await owners.partiesOf('new', anna), { partner: 'acme', isTheirs: false });
  t.equal(await owners.partiesOf('nothing', anna), undefined);
  t.equal(await owners.partiesOf('nothing\0', anna), undefined);
});
