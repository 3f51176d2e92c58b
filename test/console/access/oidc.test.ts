import t from 'tap';
import type { Test } from 'tap';
import { oidcApi } from '../../../src/console/access/oidc/oidc-api.js';
import { OidcProvider } from '../../../src/console/access/oidc/oidc-provider.js';
import type { ConsoleSettings } from '../../../src/console/access/sessions.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { consoleSettings, openAccess } from '../../support/access-stage.js';
import { FakeOidcProvider } from '../../support/oidc-provider.js';
import { openEmbedded } from '../../support/records-stage.js';

async function open(t: Test) {
  const { database } = await openEmbedded();
  t.teardown(() => database.close());
  const fake = await FakeOidcProvider.start(t);
  let settings: ConsoleSettings = consoleSettings;
  const provider = new OidcProvider({ settings: () => settings, secret: fake.secret, log: silentLogger });
  const stage = await openAccess(t, database, {
    areas: ({ sessions }) => [oidcApi({ provider, sessions, settings: () => settings })],
  });
  const oidc = {
    issuer: fake.issuer,
    clientId: fake.clientId,
    name: 'Staff log-in',
    agentClaim: 'preferred_username',
    scopes: 'openid profile',
  };
  const use = (change: Partial<typeof oidc> = {}) => {
    settings = { ...consoleSettings, publicUrl: stage.url, oidc: { ...oidc, ...change } };
  };
  const browser = stage.browser();
  const there = async () => {
    const answer = await fetch(`${stage.url}/v1/session/oidc`, { redirect: 'manual' });
    return {
      location: answer.headers.get('location') ?? '',
      cookie: (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '',
      attributes: answer.headers.get('set-cookie') ?? '',
    };
  };
  /** @returns where the person ends */
  const back = async (location: string, cookie: string) => {
    const answer = await fetch(location, { redirect: 'manual', headers: { cookie } });
    browser.cookie = answer.headers
      .getSetCookie()
      .find((one) => one.startsWith('proffer_session='))
      ?.split(';', 1)[0];
    return answer.headers.get('location');
  };
  const atProvider = async (location: string) =>
    (await fetch(location, { redirect: 'manual' })).headers.get('location') ?? '';
  const wholeWay = async () => {
    const { location, cookie } = await there();
    return back(await atProvider(location), cookie);
  };
  return { ...stage, database, fake, use, there, back, atProvider, wholeWay, browser };
}

t.test('a person of the records comes in by a provider', async (t) => {
  const { url, database, fake, use, there, back, atProvider, wholeWay, browser } = await open(t);
  const providers = () => browser.ask('GET', '/v1/session/providers');
  t.strictSame((await providers()).body, { oidc: null });
  t.equal((await browser.ask('GET', '/v1/session/oidc')).status, 404);
  use();
  t.strictSame((await providers()).body, { oidc: { name: 'Staff log-in', url: '/v1/session/oidc' } });
  const start = await there();
  t.match(start.attributes, /^proffer_oidc=.*; Path=\/v1\/session\/oidc; HttpOnly; SameSite=Lax$/);
  t.notMatch(start.cookie, new URL(start.location).searchParams.get('nonce')!, 'nobody reads the cookie');
  t.equal(await back(await atProvider(start.location), start.cookie), '/');
  await database.query("UPDATE proffer.agents SET must_change_password = true WHERE agent = 'anna'");
  t.match(await browser.ask('GET', '/v1/session'), {
    status: 200,
    body: { agent: 'anna', mustChangePassword: false },
  });
  t.match(await database.query("SELECT detail ->> 'by' AS by FROM proffer.audit WHERE action = 'log-in'"), [
    { by: 'oidc' },
  ]);

  fake.claims = { preferred_username: 'eve' };
  t.equal(await wholeWay(), '/?login=unknown-person', 'nobody is added by it');
  fake.claims = {};
  t.equal(await wholeWay(), '/?login=no-name');
  fake.claims = { preferred_username: 'anna' };
  await database.query("UPDATE proffer.agents SET is_active = false WHERE agent = 'anna'");
  t.equal(await wholeWay(), '/?login=unknown-person');
  t.equal(browser.cookie, undefined);
  t.equal(
    (await fetch(`${url}/v1/session/oidc/callback`, { redirect: 'manual' })).headers.get('location'),
    '/?login=expired',
  );
});

t.test('a way back that is not the one that began here', async (t) => {
  const { fake, use, there, back, atProvider, wholeWay, browser } = await open(t);
  use();
  const mine = await there();
  const others = await there();
  t.equal(await back(await atProvider(others.location), mine.cookie), '/?login=refused', 'another state');
  t.equal(await back(await atProvider(mine.location), ''), '/?login=expired', 'no cookie');
  t.equal(await back(await atProvider(mine.location), `${mine.cookie.slice(0, -3)}xxx`), '/?login=expired');
  const denied = new URL(await atProvider(mine.location));
  denied.searchParams.delete('code');
  denied.searchParams.set('error', 'access_denied');
  t.equal(await back(denied.href, mine.cookie), '/?login=refused');
  for (const claims of [{ nonce: 'another' }, { preferred_username: 'anna', nonce: undefined }]) {
    fake.claims = claims;
    t.equal(await wholeWay(), '/?login=refused', JSON.stringify(claims));
  }
  fake.claims = { preferred_username: 'anna' };
  fake.isForged = true;
  t.equal(await wholeWay(), '/?login=refused', 'a token that somebody else signed');
  fake.isForged = false;
  t.equal(await wholeWay(), '/');
  use({ issuer: 'http://127.0.0.1:1' });
  t.equal((await there()).location, '/?login=provider-unavailable');
  t.ok(browser.cookie);
});
