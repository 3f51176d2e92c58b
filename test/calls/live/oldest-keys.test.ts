// The oldest key of a Map: the same as the first of its keys, whatever was added and deleted meanwhile.
import fc from 'fast-check';
import t from 'tap';
import { OldestKeys } from '../../../src/calls/live/oldest-keys.js';

t.test('it is the first key of the map each time, when each that is taken is deleted', (t) => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put'), key: fc.nat(12) }),
    fc.record({ kind: fc.constant('delete'), key: fc.nat(12) }),
    fc.record({ kind: fc.constant('take'), key: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const map = new Map<number, boolean>();
      const oldest = new OldestKeys(map);
      for (const { kind, key } of steps) {
        if (kind === 'put') map.set(key, true);
        else if (kind === 'delete') map.delete(key);
        else {
          const [first] = map.keys();
          const taken = oldest.take();
          if (taken !== first) return false;
          if (taken !== undefined) map.delete(taken);
        }
      }
      return true;
    }),
  );
  t.end();
});
