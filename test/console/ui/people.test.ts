// The page of people: somebody is added and gets a password once, roles change, keys are made and end, the audit is read.
import t from 'tap';
import type { ApiKeyView, AuditEntryView, PersonView } from '../../../src/console/people/person-view.js';
import { only } from '../../../src/console/access/principal.js';
import type { ApiArea } from '../../../src/console/api-area.js';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole, supervisor } from '../../support/console-stage.js';

const config = only('admin');
const ada: PersonView = {
  agent: 'ada',
  name: 'Ada Admin',
  role: 'admin',
  partners: [],
  centreAgents: [],
  isActive: true,
  hasPassword: true,
  lastLoginAt: Date.now() - 120_000,
};
const key: ApiKeyView = {
  key: 'k7Qd2',
  partner: 'meridian',
  name: 'web shop',
  createdAt: Date.now(),
  createdBy: 'ada',
  lastUsedAt: null,
  isActive: true,
};

class Office {
  people: PersonView[] = [ada];
  keys: ApiKeyView[] = [];
  readonly entries: AuditEntryView[] = Array.from({ length: 130 }, (_, index) => ({
    id: 130 - index,
    at: Date.now() - index * 60_000,
    actor: index === 120 ? 'bob' : 'ada',
    action: 'person-changed',
    subject: 'carol',
    detail: { role: 'agent' },
  }));
  readonly asked: string[] = [];

  readonly area: ApiArea = (v1) => {
    v1.get('/people', { config }, () => ({ people: this.people }));
    v1.get('/calls/history/names', { config }, () => ({
      partners: [{ partner: 'meridian', name: 'Meridian Air' }],
      offers: [],
    }));
    v1.get('/agents', { config }, () => ({ agents: [{ centre: 'east', agent: 'carol' }] }));
    v1.post<{ Body: PersonView }>('/people', { config }, ({ body }, reply) => {
      const person = { ...body, isActive: true, hasPassword: true, lastLoginAt: null };
      this.people = [...this.people, person];
      return reply.code(201).send({ person, password: 'maple-otter-42' });
    });
    v1.put<{ Params: { agent: string }; Body: PersonView }>(
      '/people/:agent',
      { config },
      (request, reply) => {
        if (request.params.agent === 'ada' && request.body.role !== 'admin')
          return reply
            .code(409)
            .send({ code: 'last-admin', message: 'the last active admin has to stay one' });
        this.asked.push(`${request.params.agent} is ${request.body.isActive ? 'in' : 'out'}`);
        this.people = this.people.map((one) =>
          one.agent === request.params.agent ? { ...one, ...request.body } : one,
        );
        return request.body;
      },
    );
    v1.post('/people/:agent/password', { config }, () => ({ password: 'birch-heron-7' }));
    v1.get('/api-keys', { config }, () => ({ keys: this.keys }));
    v1.post('/api-keys', { config }, (_request, reply) => {
      this.keys = [key];
      return reply.code(201).send({ ...key, secret: 'pk_k7Qd2_s3cr3t' });
    });
    v1.delete('/api-keys/:key', { config }, (_request, reply) => {
      this.keys = [{ ...key, isActive: false }];
      return reply.code(204).send();
    });
    v1.get<{ Querystring: { limit: string; before?: string } }>('/audit', { config }, ({ query }) => ({
      entries: this.entries
        .filter(({ id }) => id < Number(query.before ?? Infinity))
        .slice(0, Number(query.limit)),
    }));
  };
}

t.test('people', { skip: chromiumMissing() ?? false }, async (t) => {
  const office = new Office();
  const { url } = await serveConsole(t, [office.area], { ...supervisor, role: 'admin' });
  const page = await openPage(t, await openBrowser(t), { allowed: /status of 409/, colorScheme: 'light' });
  await page.goto(`${url}/people`);
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const act = async (name: string, what: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: what }).click();
  };
  const dialog = page.getByRole('dialog');

  t.test('somebody is added and the password is shown once', async (t) => {
    await row('Ada Admin').getByText('2 minutes ago').waitFor();
    await page.getByRole('button', { name: 'Add somebody' }).click();
    await dialog.getByRole('textbox', { name: 'User name' }).fill('carol');
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Carol Chu');
    await dialog.getByRole('combobox', { name: 'Partners' }).fill('meridian');
    await page.keyboard.press('Enter');
    await dialog.getByRole('combobox', { name: 'Agents at centres' }).fill('eas');
    await page.getByRole('option', { name: 'east/carol' }).click();
    await hasNoSeriousFault(t, page, 'adding');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('dialog', { name: 'Password of Carol Chu' }).waitFor();
    t.equal(await dialog.getByRole('textbox', { name: 'One-time password' }).inputValue(), 'maple-otter-42');
    await hasNoSeriousFault(t, page, 'password');
    await dialog.getByRole('button', { name: 'I have noted it' }).click();
    await row('Carol Chu').getByText('meridian').waitFor();
    t.match(office.people[1], { agent: 'carol', partners: ['meridian'], centreAgents: ['east/carol'] });
    t.notMatch(await page.content(), /maple-otter/);
  });

  t.test('people change, but for the last admin', async (t) => {
    await act('Carol Chu', 'Edit');
    await dialog.getByRole('switch', { name: 'May log in' }).uncheck();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row('Carol Chu').getByText('Not active').waitFor();
    t.strictSame(office.asked, ['carol is out']);
    await act('Carol Chu', 'Reset password');
    await dialog.getByRole('button', { name: 'Reset password' }).click();
    await page.getByRole('dialog', { name: 'Password of Carol Chu' }).waitFor();
    t.equal(await dialog.getByRole('textbox').inputValue(), 'birch-heron-7');
    await dialog.getByRole('button', { name: 'I have noted it' }).click();

    await act('Ada Admin', 'Edit');
    await dialog.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Agent' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/last active administrator/)
      .waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await hasNoSeriousFault(t, page, 'light');
  });

  t.test('a key is made and ended', async (t) => {
    await page.getByRole('tab', { name: 'API keys' }).click();
    await page.getByText('There are no API keys').waitFor();
    await page.getByRole('button', { name: 'Make a key' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web shop');
    await dialog.getByLabel('Partner').fill('mer');
    await page.getByRole('option', { name: 'meridian' }).click();
    await dialog.getByRole('button', { name: 'Make a key' }).click();
    await page.getByRole('dialog', { name: 'The key is made' }).waitFor();
    t.equal(await dialog.getByRole('textbox', { name: 'Secret' }).inputValue(), 'pk_k7Qd2_s3cr3t');
    await dialog.getByRole('button', { name: 'I have noted it' }).click();
    await page.getByRole('button', { name: 'Revoke web shop' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await row('web shop').getByText('Revoked').waitFor();
  });

  t.test('the audit is read page by page', async (t) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('tab', { name: 'Audit log' }).click();
    await page.getByText('100 of 100 entries read').waitFor();
    await page.getByRole('textbox', { name: 'Who' }).fill('bob');
    await page.getByText('No entry fits').waitFor();
    await page.getByRole('button', { name: 'Show older entries' }).click();
    await page.getByText('1 of 130 entries read').waitFor();
    t.match(page.url(), /tab=audit/);
    await hasNoSeriousFault(t, page, 'dark');
  });
});
