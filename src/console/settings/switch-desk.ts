// Quick switches over the settings files: one value each, one edit of the history each.
import type { Principal } from '../access/principal.js';
import { actorOf, seesPartner } from '../access/principal.js';
import type { SaveAnswer, SettingsDesk } from './settings-desk.js';
import type { EditHistory, RunningSettings } from './settings-ports.js';
import type { SettingsHistoryEntry, SwitchView } from './settings-view.js';
import { fileOf, placeOf, switchesOf } from './switches.js';

export interface SwitchRequest {
  readonly isOn?: boolean | undefined;
  /** Of the diversion cap. */
  readonly percent?: number | undefined;
  readonly comment: string;
}

export type SwitchAnswer =
  SaveAnswer | { readonly kind: 'unknown-switch' | 'forbidden' | 'wrong-value'; readonly message: string };

export interface SwitchDeskOptions {
  readonly desk: Pick<SettingsDesk, 'read' | 'save'>;
  readonly history: Pick<EditHistory, 'list'>;
  readonly running: Pick<RunningSettings, 'settings'>;
}

/** How often a file may change between reading and writing it. */
const maxTries = 3;
const maxLast = 300;

export class SwitchDesk {
  readonly #options: SwitchDeskOptions;

  constructor(options: SwitchDeskOptions) {
    this.#options = options;
  }

  /** Those that the person may see; without the records, without who switched last. */
  async list(principal: Principal): Promise<readonly SwitchView[]> {
    const { running, history } = this.#options;
    const rows = await history.list({ limit: maxLast }).catch(() => []);
    const last = new Map<string, SettingsHistoryEntry>();
    for (const row of rows)
      if (row.subject !== null && row.state !== 'failed' && !last.has(row.subject))
        last.set(row.subject, row);
    return switchesOf(running.settings)
      .filter((one) => sees(principal, one))
      .map((one) => {
        const row = last.get(one.switch);
        if (row === undefined) return one;
        const { actor, at, edit, comment } = row;
        return { ...one, last: { actor, at, edit, comment } };
      });
  }

  /** @throws as `SettingsDesk.save` */
  async set(principal: Principal, key: string, request: SwitchRequest): Promise<SwitchAnswer> {
    const { settings } = this.#options.running;
    const found = switchesOf(settings).find((one) => one.switch === key);
    if (found === undefined || !sees(principal, found))
      return {
        kind: 'unknown-switch',
        message: `there is no switch ${JSON.stringify(key)}; see GET /v1/switches`,
      };
    if (!mayTurn(principal, found))
      return { kind: 'forbidden', message: 'it holds for partners that are not yours' };
    const value = found.kind === 'diversion-cap' ? request.percent : request.isOn;
    if (value === undefined)
      return {
        kind: 'wrong-value',
        message:
          found.kind === 'diversion-cap' ? 'send {"percent": 0 to 100}' : 'send {"isOn": true or false}',
      };
    return this.#write({ actor: actorOf(principal), comment: request.comment }, found, value);
  }

  async #write(
    who: { readonly actor: string; readonly comment: string },
    found: SwitchView,
    value: boolean | number,
  ): Promise<SwitchAnswer> {
    const { desk } = this.#options;
    const file = fileOf[found.kind];
    for (let tries = 1; ; tries += 1) {
      const present = (await desk.read()).files.find((one) => one.file === file);
      const path = placeOf(found, present?.values);
      if (present === undefined || path === undefined)
        return { kind: 'unknown-switch', message: `${found.switch} is not in ${file} any more` };
      const answer = await desk.save({
        ...who,
        action: 'settings-switch',
        file,
        subject: found.switch,
        version: present.version,
        change: { kind: 'edits', edits: [{ path, op: 'set', value }] },
      });
      if (answer.kind !== 'conflict' || tries >= maxTries) return answer;
    }
  }
}

/** Of centres and of everything: whoever sees every partner; others see them and cannot turn them. */
function sees(principal: Principal, { partner }: SwitchView): boolean {
  return partner === undefined || seesPartner(principal, partner);
}

function mayTurn(principal: Principal, { partner }: SwitchView): boolean {
  return partner !== undefined || seesEverything(principal);
}

/** What holds for all partners is for people of all partners. */
export function seesEverything(principal: Principal): boolean {
  return principal.kind === 'token' || (principal.kind === 'person' && principal.partners.length === 0);
}
