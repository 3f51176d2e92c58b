import t from 'tap';
import { DiversionWindow } from '../../src/decision/index.js';

t.test('the share of diverted calls is that of the last calls', (t) => {
  const window = new DiversionWindow(4);
  t.equal(window.share, 0);
  window.add(true);
  t.equal(window.share, 1);
  for (const one of [false, false, false]) window.add(one);
  t.equal(window.share, 0.25);
  window.add(false);
  t.equal(window.share, 0);
  t.end();
});
