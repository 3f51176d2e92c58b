// The built pages in a browser: they load under their policy, in the language and the colours of the person.
import t from 'tap';
import { hasNoSeriousFault } from '../../support/accessibility.js';
import { chromiumMissing, openBrowser, openPage } from '../../support/browser.js';
import { serveConsole } from '../../support/console-stage.js';

t.test(
  'the pages load under a policy without unsafe-inline',
  { skip: chromiumMissing() ?? false },
  async (t) => {
    const { url } = await serveConsole(t, []);
    const browser = await openBrowser(t);
    const page = await openPage(t, browser);
    const answer = await page.goto(`${url}/board`);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    t.match(policy, /script-src 'self'/);
    t.notMatch(policy, /unsafe/);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await hasNoSeriousFault(t, page);
  },
);
