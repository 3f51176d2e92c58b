// The live topic of settings: versions and problems of files that hold the settings of every partner.
import t from 'tap';
import type { Principal } from '../../../src/console/access/principal.js';
import { SettingsTopic } from '../../../src/console/settings/settings-topic.js';

const admin: Principal = {
  ...{
    kind: 'person',
    agent: 'ada',
    name: 'Ada',
    role: 'admin',
    partners: [],
    centreAgents: [],
    session: 's',
  },
};

t.test('who sees some partners alone is told nothing of the files', async (t) => {
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (tell = resolve));
  const file = { file: 'offers.yaml', title: '', version: 'v1', text: '', values: {}, schema: {} };
  const problem = { file: 'offers.yaml', line: 1, column: 2, field: 'offers[0].value', message: 'is wrong' };
  const topic = new SettingsTopic({
    read: () => Promise.resolve({ files: [file], problems: [problem] }),
    running: { observe: () => () => undefined },
  });
  const end = topic.open(admin, { changed: tell, event: () => undefined });
  await told;
  t.strictSame(topic.state(admin), {
    versions: { 'offers.yaml': 'v1' },
    problems: ['offers.yaml:1:2 offers[0].value: is wrong'],
  });
  t.strictSame(topic.state({ ...admin, partners: ['acme'] }), { versions: {}, problems: [] });
  end();
});
