// Tokens that nobody has cannot be kept in memory, so each is asked for: what waits for the database is bounded.
import t from 'tap';
import { Remembered } from '../../../src/console/access/remembered.js';
import { FakeClock } from '../../support/fake-clock.js';

t.test(
  'who is known works on while somebody tries tokens; the database is asked no more than it may be',
  async (t) => {
    const clock = new FakeClock();
    const staleMs = () => 60_000;
    const sessions = new Remembered<object>({ clock, maxEntries: 10, freshMs: 5000, staleMs, maxAsked: 3 });
    const anna = { agent: 'anna' };
    t.equal(await sessions.find('anna', () => Promise.resolve(anna)), anna);
    clock.advance(6000);

    let asked = 0;
    let answer: () => void = () => undefined;
    const slow = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
    const find = (token: string) =>
      sessions.find(token, () => {
        asked += 1;
        return slow;
      });
    const tries = ['a', 'b', 'c'].map(find);
    await t.rejects(find('d'), { code: 'RECORDS_UNAVAILABLE' });
    t.equal(asked, 3);
    t.equal(await sessions.find('anna', () => Promise.reject(new Error('is not asked'))), anna);
    answer();
    t.strictSame(await Promise.all(tries), [undefined, undefined, undefined]);
    const again = { agent: 'anna', role: 'agent' };
    t.equal(
      await sessions.find('anna', () => Promise.resolve(again)),
      again,
      'and is asked for again after that',
    );
  },
);
