// Accounts as keys: above every phone number, not to be read back, and refused without a key to hash them by.
import fc from 'fast-check';
import t from 'tap';
import { accountKey, isAccountKey } from '../../src/strategy-store/account-key.js';
import {
  isPhoneNumber,
  PHONE_KEY_BYTES,
  phoneField,
  phoneNumberOfField,
  readPhoneKey,
  writePhoneKey,
} from '../../src/strategy-store/phone-key.js';
import { Staging } from '../../src/strategy-store/staging.js';
import { parseRow } from '../../src/strategy-store/strategy-row.js';
import type { StrategyRow } from '../../src/strategy-store/strategy-row.js';

const identityKey = 'a key of sixteen or more characters';
const rules = { identityKey };
const row = { partner: 'acme', customer: 'A1', phones: ['+15550100001'], offers: [] };

t.test('a key is a whole number above every phone number, and every key form gives it back', (t) => {
  const digits = fc.stringMatching(/^\d{1,32}$/);
  fc.assert(
    fc.property(digits, fc.option(digits, { nil: undefined }), (account, secret) => {
      const key = accountKey(identityKey, 'acme', { account, secret });
      const bytes = Buffer.alloc(PHONE_KEY_BYTES);
      writePhoneKey(bytes, 0, key);
      return (
        Number.isSafeInteger(key) &&
        isAccountKey(key) &&
        !isPhoneNumber(key) &&
        readPhoneKey(bytes, 0) === key &&
        phoneNumberOfField(phoneField(key)) === key
      );
    }),
  );
  t.notOk(isAccountKey(999_999_999_999_999), 'the greatest E.164 number');
  t.end();
});

t.test('partner, account, secret and key all count', (t) => {
  const keys = [
    accountKey(identityKey, 'acme', { account: '12345678' }),
    accountKey(identityKey, 'acme', { account: '12345678', secret: '4711' }),
    accountKey(identityKey, 'acme', { account: '12345678', secret: '4712' }),
    accountKey(identityKey, 'acme', { account: '012345678' }),
    accountKey(identityKey, 'borealis', { account: '12345678' }),
    accountKey(`${identityKey}!`, 'acme', { account: '12345678' }),
  ];
  t.equal(new Set(keys).size, keys.length);
  t.equal(
    keys[0],
    accountKey(identityKey, 'acme', { account: '12345678', secret: undefined }),
    'the same again',
  );
  t.end();
});

t.test('accounts of a row become keys, and their digits stay behind', (t) => {
  const parsed = parseRow(
    { ...row, accounts: [{ account: '12345678', secret: '4711' }, { account: '9' }] },
    rules,
  );
  t.same('accountKeys' in parsed && parsed.accountKeys, [
    accountKey(identityKey, 'acme', { account: '12345678' }),
    accountKey(identityKey, 'acme', { account: '12345678', secret: '4711' }),
    accountKey(identityKey, 'acme', { account: '9' }),
  ]);
  t.notMatch(JSON.stringify(parsed), /12345678|4711/);
  t.notOk('accountKeys' in parseRow(row, rules));
  t.notOk('accountKeys' in parseRow({ ...row, accounts: [] }, {}), 'no account needs no key');
  t.end();
});

t.test('what is wrong with accounts is said, without the digits', (t) => {
  const wrong = 'must be 1 to 32 digits in quotes, such as "12345678"';
  const cases: readonly (readonly [unknown, string, string])[] = [
    ['12345678', 'accounts', 'must be a list of at most 20 accounts'],
    [Array(21).fill({ account: '1' }), 'accounts', 'must be a list of at most 20 accounts'],
    [['12345678'], 'accounts[0]', 'must be an object of account and secret'],
    [[{ account: '1' }, null], 'accounts[1]', 'must be an object of account and secret'],
    [[{ secret: '4711' }], 'accounts[0].account', wrong],
    [[{ account: 12345678 }], 'accounts[0].account', wrong],
    [[{ account: '12-34' }], 'accounts[0].account', wrong],
    [[{ account: '1'.repeat(33) }], 'accounts[0].account', wrong],
    [[{ account: '1', secret: '' }], 'accounts[0].secret', wrong],
    [[{ account: '1', pin: '4711' }], 'accounts[0].pin', 'is unknown; known are account, secret'],
  ];
  for (const [accounts, field, reason] of cases)
    t.same(parseRow({ ...row, accounts }, rules), { field, reason });
  t.same(parseRow({ ...row, accounts: [{ account: '1' }] }, {}), {
    field: 'accounts',
    reason: 'can only be stored as hashes under a key of yours; set PROFFER_IDENTITY_KEY',
  });
  t.end();
});

t.test('an account that two lines give the same customer is refused in the second', (t) => {
  const parse = (phone: string): StrategyRow =>
    parseRow({ ...row, phones: [phone], accounts: [{ account: '12345678' }] }, rules) as StrategyRow;
  const staging = new Staging();
  t.equal(staging.add(parse('+15550100001')), undefined);
  t.match(staging.add(parse('+15550100002')), { field: 'accounts', reason: /an earlier line/ });
  t.equal(staging.strategies, 1);
  t.end();
});
