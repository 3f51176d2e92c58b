// A directory of settings with skills, and a centre in memory behind a real event socket.
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeCallcenter } from '../support/fake-callcenter.js';
import { FakeEventSocket } from '../support/fake-event-socket.js';
import { repositoryRoot } from '../support/repository-root.js';
import { ModelCentre, plainQueue } from '../freeswitch/provisioning/model-centre.js';

/** A queue whose XML was taken from `proffer centres xml`. */
export const skilledQueue = {
  ...plainQueue,
  tier_rules_apply: 'true',
  tier_rule_wait_second: '1',
  tier_rule_wait_multiply_level: 'true',
};

export class ModelCallcenter extends FakeCallcenter {
  readonly model = new ModelCentre();

  /** Called with every command that comes, before it is carried out. */
  onCommand: ((command: string) => void) | undefined;

  override answer(command: string): string {
    this.onCommand?.(command);
    return this.model.answer(command);
  }
}

const team = `
    eventSocket: { port: PORT }
    agents:
      - agent: '1001'
        contact: user/1001@proffer
        skills: [{ skill: cards, level: 8 }, { skill: spanish, level: 5, until: '2099-12-31' }]
      - { agent: '1002', skills: [{ skill: cards, level: 5 }] }
      - { agent: '1003', skills: [{ skill: cards, level: 9, until: '2020-01-31' }] }
`;

const steps =
  '[{ skills: [{ skill: cards, level: 7 }], forSeconds: 20 }, { skills: [{ skill: cards, level: 4 }], forSeconds: 20 }, {}]';

/** A centre `east` whose card team is asked for by skills; `west` has no event socket. */
export class CentresStage {
  readonly callcenter = new ModelCallcenter();
  readonly socket = new FakeEventSocket(this.callcenter);
  readonly directory = mkdtempSync(join(tmpdir(), 'proffer-centres-'));
  port = 0;

  get model(): ModelCentre {
    return this.callcenter.model;
  }

  get configDir(): string {
    return join(this.directory, 'config');
  }

  get dataDir(): string {
    return join(this.directory, 'data');
  }

  async start(): Promise<this> {
    this.port = await this.socket.listen();
    cpSync(join(repositoryRoot, 'config'), this.configDir, { recursive: true });
    for (const port of [8021, 8022]) this.edit('centres.yaml', `    eventSocket:\n      port: ${port}\n`, '');
    this.edit(
      'centres.yaml',
      '    queues:\n',
      `${team.slice(1).replace('PORT', String(this.port))}    queues:\n`,
    );
    this.edit(
      'centres.yaml',
      '      - queue: acme-sales\n',
      `      - queue: acme-sales\n        requires: ${steps}\n`,
    );
    return this;
  }

  edit(file: string, from: string, to: string): void {
    const path = join(this.configDir, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }

  async stop(): Promise<void> {
    await this.socket.close();
  }
}
