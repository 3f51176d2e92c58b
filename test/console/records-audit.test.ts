// Which changes of the records leave a line in the audit, and that it holds nothing personal.
import t from 'tap';
import { recordsApi } from '../../src/console/records-api.js';
import type { RecordsOperations } from '../../src/console/records-operations.js';
import { serveAreas } from '../support/console-client.js';
import { supervisor } from '../support/console-stage.js';

const at = 0;
const disposition = { decisionId: 'd-1', offer: 'GOLD', revision: 1, code: 'accepted', outcome: 'accepted' };
const recorded = { ...disposition, source: 'agent', at, recordedAt: at };
const alert = { partner: 'acme', alert: 'a-1', account: '1000', severity: 'major', openedAt: at } as const;

t.test('corrections, what is recorded for others and alerts are audited', async (t) => {
  const lines: unknown[][] = [];
  let alertKind: 'opened' | 'unchanged' | 'closed' | 'closed-before-opened' = 'opened';
  const operations = {
    recordDisposition: (_given: unknown, isCorrection: boolean) =>
      Promise.resolve({ kind: isCorrection ? 'corrected' : 'recorded', disposition: recorded }),
    openAlert: () => Promise.resolve({ kind: alertKind, alert }),
    closeAlert: () => Promise.resolve({ kind: alertKind, alert }),
  } as unknown as RecordsOperations;
  const owners = { partiesOf: () => Promise.resolve({ partner: 'acme', isTheirs: true }) };
  const audit = {
    write: (...line: unknown[]) => {
      lines.push(line);
      return Promise.reject(new Error('the database is down'));
    },
  };
  const ask = await serveAreas(t, [recordsApi(operations, owners, audit)]);
  const agent = { ...supervisor, agent: 'anna', role: 'agent' } as const;
  const said = { code: 'accepted', note: 'calls from +15550100001' };
  const body = { decisionId: 'd-1', offer: 'GOLD', ...said };
  t.equal((await ask(agent, 'POST', '/dispositions', body)).status, 201);
  t.strictSame(lines, [], 'their own is a revision, with who and when');
  t.equal((await ask(supervisor, 'POST', '/dispositions', body)).status, 201);
  t.equal((await ask(agent, 'PUT', '/dispositions/d-1/GOLD', said)).status, 200);
  const given = { partner: 'acme', alert: 'a-1', account: '1000', detail: 'of a caller' };
  t.equal((await ask(supervisor, 'POST', '/service-alerts', given)).status, 201);
  alertKind = 'unchanged';
  await ask(supervisor, 'POST', '/service-alerts', given);
  alertKind = 'closed-before-opened';
  await ask(supervisor, 'POST', '/service-alerts/acme/a-1/close', {});
  alertKind = 'closed';
  t.equal((await ask(supervisor, 'DELETE', '/service-alerts/acme/a-1')).status, 200);
  const detail = { offer: 'GOLD', code: 'accepted' };
  t.strictSame(lines, [
    [supervisor.agent, 'disposition-recorded', 'd-1', detail],
    ['anna', 'disposition-corrected', 'd-1', detail],
    [supervisor.agent, 'service-alert-opened', 'acme/a-1', {}],
    [supervisor.agent, 'service-alert-closed', 'acme/a-1', {}],
  ]);
});
