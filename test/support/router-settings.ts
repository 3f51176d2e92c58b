// A folder of settings for one test: the shipped files, changed as parsed objects, in a temporary place.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { repositoryRoot } from './repository-root.js';
import type { Settings } from '../../src/config/index.js';

/** Settings as they stand in the files: every key may be missing, everything may be changed. */
export type Draft<T> = T extends readonly (infer E)[]
  ? Draft<E>[]
  : T extends object
    ? { -readonly [K in keyof T]?: Draft<T[K]> }
    : T;

export interface SettingsDraft {
  proffer: Draft<Settings['process']>;
  trunks: Draft<Settings['trunks']>;
  partners: Draft<Settings['partners']>;
  centres: Draft<Settings['centres']>;
  offers: Draft<Settings['offers']>;
  ranking: Draft<Settings['ranking']>;
}

const sections = ['proffer', 'trunks', 'partners', 'centres', 'offers', 'ranking'] as const;

export class SettingsFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'proffer-config-'));

  constructor() {
    this.change((draft) => {
      for (const section of sections) {
        const text = readFileSync(join(repositoryRoot, 'config', `${section}.yaml`), 'utf8');
        Object.assign(draft, { [section]: parse(text) as unknown });
      }
    });
  }

  /** Reads the files, lets `edit` change them, writes them back whole. */
  change(edit: (draft: SettingsDraft) => void): void {
    const draft: Record<string, unknown> = {};
    for (const section of sections) {
      const path = join(this.path, `${section}.yaml`);
      draft[section] = existsSync(path) ? (parse(readFileSync(path, 'utf8')) as unknown) : {};
    }
    edit(draft as unknown as SettingsDraft);
    for (const section of sections) this.write(section, stringify(draft[section]));
  }

  /** Writes one file as it is, right or wrong. */
  write(section: (typeof sections)[number], text: string): void {
    mkdirSync(this.path, { recursive: true });
    writeFileSync(join(this.path, `${section}.yaml`), text);
  }

  read(section: (typeof sections)[number]): string {
    return readFileSync(join(this.path, `${section}.yaml`), 'utf8');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Source addresses of the trunks that `testTrunks` makes; a caller picks its trunk by `localAddress`. */
export const trunkAddress = {
  redirect: '127.0.0.2',
  proxy: '127.0.0.3',
  b2bua: '127.0.0.4',
  /** proxy, trusted, P-Asserted-Identity first */
  trusted: '127.0.0.5',
  /** on no trunk */
  stranger: '127.0.0.9',
} as const;

/** One trunk an action, told apart by source address; 127.0.0.1 stays a proxy trunk for the router's own calls. */
export function testTrunks(draft: SettingsDraft): void {
  const trunk = (id: string, address: string, action: 'redirect' | 'proxy' | 'b2bua') => ({
    trunk: id,
    addresses: [address],
    action,
    country: 'US',
  });
  draft.trunks.unknownSource = 'reject';
  draft.trunks.trunks = [
    trunk('loopback', '127.0.0.1', 'proxy'),
    trunk('redirect', trunkAddress.redirect, 'redirect'),
    trunk('proxy', trunkAddress.proxy, 'proxy'),
    trunk('b2bua', trunkAddress.b2bua, 'b2bua'),
    {
      ...trunk('trusted', trunkAddress.trusted, 'proxy'),
      trusted: true,
      identityHeaders: ['P-Asserted-Identity', 'From'],
    },
  ];
}

export interface CentrePorts {
  readonly east: number;
  readonly west: number;
  readonly overflow: number;
}

/**
 * Points the centres of the shipped example and the overflow at ports of 127.0.0.1, checked often enough for a test. A machine that
 * is busy for a second does not make a centre look dead.
 */
export function testCentres(
  draft: SettingsDraft,
  ports: CentrePorts,
  transport: 'udp' | 'tcp' = 'udp',
): void {
  for (const centre of draft.centres.centres ?? []) {
    centre.host = '127.0.0.1';
    centre.port = centre.centre === 'east' ? ports.east : ports.west;
    centre.transport = transport;
    delete centre.eventSocket;
    centre.healthCheck = { intervalMs: 300, timeoutMs: 300, failuresToDown: 4, successesToUp: 1 };
  }
  for (const partner of draft.partners.partners ?? []) {
    partner.overflowUri = `sip:overflow@127.0.0.1:${ports.overflow};transport=${transport}`;
  }
}
