import t from 'tap';
import { ContactTokens } from '../../src/contacts/index.js';

const now = 1_800_000_000_000;
const of = { contactId: 'w-1', partner: 'acme', expiresAt: now + 60_000 };

t.test('a token is of one contact until its time is over', (t) => {
  const tokens = new ContactTokens('a secret of sixteen');
  const token = tokens.sign(of);
  t.match(token, /^ct_[\w-]+\.[\w-]{43}$/);
  t.strictSame(tokens.verify(token, now), of);
  t.equal(tokens.verify(token, now + 60_000), 'expired');
  t.strictSame(
    new ContactTokens('a secret of sixteen').verify(token, now),
    of,
    'another router of the same secret',
  );
  t.end();
});

t.test('what was not signed by us says nothing', (t) => {
  const tokens = new ContactTokens(undefined);
  const token = tokens.sign(of);
  const forged = Buffer.from(JSON.stringify(['w-2', 'acme', now])).toString('base64url');
  for (const bad of [
    ...['', 'ct_', 'ct_.', `ct_${forged}`, `ct_${forged}.${token.split('.')[1] ?? ''}`, token.slice(0, -2)],
    ...[token.slice(3), `${token}x`.repeat(9), new ContactTokens(undefined).sign(of)],
  ])
    t.equal(tokens.verify(bad, now), 'unknown', bad.slice(0, 60));
  t.end();
});
