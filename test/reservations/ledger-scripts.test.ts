import { createHash } from 'node:crypto';
import t from 'tap';
import { claimScript, countScript, reservedKey } from '../../src/reservations/ledger-scripts.js';

t.test('the destinations of a centre are kept together by a cluster', (t) => {
  t.equal(reservedKey('east/acme-sales'), 'proffer:{east}:reserved:east/acme-sales');
  t.equal(reservedKey('odd'), 'proffer:{}:reserved:odd');
  t.end();
});

t.test('a script is called by the hash that Redis gives it', (t) => {
  for (const { text, sha } of [claimScript, countScript]) {
    t.equal(sha, createHash('sha1').update(text).digest('hex'));
  }
  t.end();
});
