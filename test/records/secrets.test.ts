// Keyed hashes: which key, which kind, and how one key gives way to another.
import { createHash, createHmac } from 'node:crypto';
import t from 'tap';
import { IdentityKeys } from '../../src/records/secrets.js';
import type { HashKind } from '../../src/records/secrets.js';

const first = 'the first key, sixteen or more';
const second = 'the second key, sixteen or more';
const parts = ['acme', '12345678', '4711'];

t.test('the hash is HMAC-SHA256 of the kind and the parts; the id of a key does not tell the key', (t) => {
  const hash = new IdentityKeys(first, []).hash('secret', parts);
  const expected = createHmac('sha256', first).update('secret\0acme\x0012345678\x004711').digest();
  t.ok(hash?.hash.equals(expected));
  const id = createHash('sha256').update(`proffer-key-id\0${first}`).digest('hex').slice(0, 8);
  t.equal(hash?.key, id);
  t.equal(new IdentityKeys(first, [second]).currentId, id);
  t.not(new IdentityKeys(second, []).currentId, id);
  t.end();
});

t.test('every kind and every split into parts has a hash of its own', (t) => {
  const keys = new IdentityKeys(first, []);
  const kinds: readonly HashKind[] = ['secret', 'ssn', 'caller', 'agent', 'tried'];
  const hashes = [
    ...kinds.map((kind) => keys.hash(kind, ['acme', '12345678'])),
    keys.hash('ssn', ['acme', '1234567', '8']),
    keys.hash('ssn', ['acme1', '2345678']),
    keys.hash('secret', parts),
    keys.hash('secret', ['borealis', '12345678', '4711']),
  ].map((one) => one?.hash.toString('hex'));
  t.equal(new Set(hashes).size, hashes.length);
  t.ok(hashes.every((one) => one?.length === 64));
  t.end();
});

t.test('rotation: the current key first, previous ones still match', (t) => {
  const old = new IdentityKeys(first, []).hash('ssn', ['acme', '123456789']);
  const rotated = new IdentityKeys(second, [first]);
  const candidates = rotated.candidates('ssn', ['acme', '123456789']);
  t.equal(candidates.length, 2);
  t.strictSame(candidates[0], rotated.hash('ssn', ['acme', '123456789']));
  t.strictSame(candidates[1], old);
  t.equal(new IdentityKeys(first, [first]).candidates('ssn', ['acme', '1']).length, 1, 'a key once');
  t.end();
});

t.test('without a key nothing is hashed', (t) => {
  const keys = new IdentityKeys(undefined, [first]);
  t.equal(keys.currentId, undefined);
  t.equal(keys.hash('secret', parts), undefined);
  t.strictSame(keys.candidates('secret', parts), []);
  t.end();
});
