// Logging in: what is told to somebody who cannot, and where somebody who can gets to.
import t from 'tap';
import type { Test } from 'tap';
import type { SessionView } from '../../../src/console/access/session-view.js';
import type { ApiArea } from '../../../src/console/api-area.js';
import { openHttpServer } from '../../support/http-server.js';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';

const open = { config: { access: 'public' as const } };
const ada: SessionView = {
  agent: 'ada',
  name: 'Ada Admin',
  role: 'admin',
  partners: [],
  centreAgents: [],
  csrfToken: 'csrf-of-ada',
  mustChangePassword: false,
  expiresAt: Date.now() + 3_600_000,
};

/** A door that knows one person, with the password of today in `password`. */
class Door {
  session: SessionView | undefined;
  oidc: { name: string; url: string } | null = null;
  isOneTime = false;
  isShut = false;
  readonly tried: string[] = [];
  readonly changed: { body: unknown; csrf: unknown }[] = [];

  readonly area: ApiArea = (v1) => {
    const unknown = { code: 'unauthorised', message: 'log in' };
    v1.get('/session', open, (_request, reply) => this.session ?? reply.code(401).send(unknown));
    v1.get('/session/providers', open, () => ({ oidc: this.oidc }));
    v1.get('/people', open, (_request, reply) =>
      this.session === undefined ? reply.code(401).send(unknown) : { people: [] },
    );
    v1.post<{ Body: { agent: string; password: string } }>('/session', open, ({ body }, reply) => {
      this.tried.push(`${body.agent} ${body.password}`);
      if (this.isShut)
        return reply.code(429).header('Retry-After', '90').send({ code: 'too-many-tries', message: 'wait' });
      if (body.password !== 'open sesame')
        return reply.code(401).send({ code: 'wrong-login', message: 'wrong' });
      return (this.session = { ...ada, mustChangePassword: this.isOneTime });
    });
    v1.put<{ Body: { next: string } }>('/session/password', open, (request, reply) => {
      this.changed.push({ body: request.body, csrf: request.headers['x-csrf-token'] });
      if (request.body.next.length < 10)
        return reply.code(422).send({ code: 'weak-password', message: 'next: at least 10 characters' });
      this.session = ada;
      return reply.code(204).send();
    });
    v1.delete('/session', open, (_request, reply) => {
      this.session = undefined;
      return reply.code(204).send();
    });
  };
}

async function serve(t: Test): Promise<{ door: Door; url: string }> {
  const door = new Door();
  const server = await openHttpServer(t, {
    hasPages: true,
    areas: [door.area],
  });
  return { door, url: `http://127.0.0.1:${server.port}` };
}

/** The browser says of every answer that is no success that it is an error. */
const allowed = /status of 4\d\d/;

t.test('logging in', { skip: chromiumMissing() ?? false }, async (t) => {
  const browser = await openBrowser(t);

  t.test('a wrong password, too many tries, and then the page that was asked for', async (t) => {
    const { door, url } = await serve(t);
    door.oidc = { name: 'Contoso', url: '/v1/session/oidc' };
    const page = await openPage(t, browser, { allowed });
    await page.goto(`${url}/people`);
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    t.equal(
      await page.getByRole('link', { name: 'Log in with Contoso' }).getAttribute('href'),
      '/v1/session/oidc',
    );
    await hasNoSeriousFault(t, page);

    const password = page.getByLabel('Password', { exact: true });
    await page.getByLabel('User name').fill(' ada ');
    await password.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
    t.equal(await password.inputValue(), '', 'what was wrong is not kept');

    door.isShut = true;
    await password.fill('wrong');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/Too many tries.*1:(30|2\d)/)
      .waitFor();

    door.isShut = false;
    await password.fill('open sesame');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Ada Admin: your account' }).waitFor();
    t.equal(new URL(page.url()).pathname, '/people');
    t.strictSame(door.tried, ['ada wrong', 'ada wrong', 'ada open sesame']);

    await page.getByRole('button', { name: 'Ada Admin: your account' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Log in' }).waitFor();
    t.equal(door.session, undefined);
  });

  t.test('who comes back from the provider without being known reads why', async (t) => {
    const { door, url } = await serve(t);
    door.oidc = { name: 'Contoso', url: '/v1/session/oidc' };
    const page = await openPage(t, browser, { allowed });
    await page.goto(`${url}/?login=expired`);
    await page.getByRole('alert').getByText('The log-in at Contoso took more than ten minutes').waitFor();
    await page.goto(`${url}/?login=%3Cb%3E`);
    await page.getByRole('alert').getByText('The log-in at Contoso did not work.').waitFor();
  });

  t.test('a one-time password leads to a password of one’s own and nowhere else', async (t) => {
    const { door, url } = await serve(t);
    door.isOneTime = true;
    const page = await openPage(t, browser, { allowed, colorScheme: 'dark', locale: 'es-ES' });
    await page.goto(`${url}/board`);
    await page.getByLabel('Nombre de usuario').fill('ada');
    await page.getByLabel('Contraseña', { exact: true }).fill('open sesame');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Elija su propia contraseña' }).waitFor();
    t.equal(await page.getByRole('navigation').count(), 0);
    await hasNoSeriousFault(t, page);

    const field = (name: string) => page.getByRole('textbox', { name, exact: true });
    await field('Contraseña actual').fill('open sesame');
    await field('Contraseña nueva').fill('short');
    await field('Contraseña nueva, otra vez').fill('shirt');
    await page.keyboard.press('Enter');
    await page.getByText('Las dos no coinciden.').waitFor();
    await field('Contraseña nueva, otra vez').fill('short');
    await page.keyboard.press('Enter');
    await page.getByText('at least 10 characters').waitFor();
    await field('Contraseña nueva').fill('longer than that');
    await field('Contraseña nueva, otra vez').fill('longer than that');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation').waitFor();
    t.match(door.changed, [
      { body: { next: 'short' } },
      { body: { current: 'open sesame', next: 'longer than that' }, csrf: 'csrf-of-ada' },
    ]);
  });
});
