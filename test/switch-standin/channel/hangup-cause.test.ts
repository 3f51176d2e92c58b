import t from 'tap';
import {
  causeNumber,
  causeOfStatus,
  parseCause,
  reasonHeader,
  statusOfCause,
} from '../../../src/switch-standin/channel/hangup-cause.js';

t.test('what a phone answers, as FreeSWITCH names it', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [486, 'USER_BUSY'],
    [600, 'USER_BUSY'],
    [603, 'CALL_REJECTED'],
    [480, 'NO_USER_RESPONSE'],
    [408, 'RECOVERY_ON_TIMER_EXPIRE'],
    [404, 'UNALLOCATED_NUMBER'],
    [487, 'ORIGINATOR_CANCEL'],
    [503, 'NORMAL_TEMPORARY_FAILURE'],
    [499, 'NORMAL_UNSPECIFIED'],
  ];
  for (const [status, cause] of cases) t.equal(causeOfStatus(status), cause, String(status));
});

t.test('what a caller is told', async (t) => {
  t.equal(statusOfCause('NO_ROUTE_DESTINATION'), 404);
  t.equal(statusOfCause('USER_BUSY'), 486);
  t.equal(statusOfCause('NORMAL_TEMPORARY_FAILURE'), 503);
  t.equal(statusOfCause('NORMAL_CLEARING'), 480);
  t.equal(reasonHeader('NORMAL_CLEARING'), 'Q.850;cause=16;text="NORMAL_CLEARING"');
});

t.test('names and numbers', async (t) => {
  t.equal(parseCause('user_busy'), 'USER_BUSY');
  t.equal(parseCause('17'), 'USER_BUSY');
  t.equal(parseCause('rubbish'), undefined);
  t.equal(parseCause(''), undefined);
  t.equal(causeNumber('rubbish'), 31);
});
