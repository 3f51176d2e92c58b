// Passwords: what is stored of one, what matches it, and how many are worked on at once.
import t from 'tap';
import { Passwords } from '../../../src/console/access/password.js';

t.test('a hash says how it was made, and only its password matches', async (t) => {
  const stored = await new Passwords().hash('correct horse');
  t.match(stored, /^\$scrypt\$ln=15,r=8,p=1\$[^$]+\$[^$]+$/);
  const passwords = new Passwords({ ln: 4 });
  t.equal(await passwords.matches('correct horse', stored), true, 'whatever the cost of new ones');
  t.equal(await passwords.matches('wrong horse', stored), false);
  t.equal(await passwords.matches('', null), false);
  t.equal(await passwords.matches('x', 'no hash'), false);
  t.not(await passwords.hash('x'), await passwords.hash('x'), 'each has salt of its own');
});

t.test('more than can wait are refused', async (t) => {
  const passwords = new Passwords({ ln: 4, atOnce: 1, waiting: 1 });
  const [first, second] = [passwords.hash('a'), passwords.hash('b')];
  await t.rejects(passwords.hash('c'), { code: 'PASSWORDS_BUSY' });
  await Promise.all([first, second]);
  await t.resolves(passwords.hash('c'));
});
