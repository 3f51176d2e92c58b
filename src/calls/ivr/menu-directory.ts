// The menus of the settings as tables, found by the step of a decision.
import type { Settings } from '../../config/index.js';
import type { RouteStep } from '../../decision/index.js';
import { menuTable } from './menu-machine.js';
import type { MenuTable } from './menu-machine.js';

export class MenuDirectory {
  /** By offer and presentation. */
  readonly #tables = new Map<string, MenuTable>();

  constructor({ offers }: Pick<Settings, 'offers'>) {
    const tables = new Map(offers.menus.map((menu) => [menu.menu, menuTable(menu)]));
    for (const { offer, presentations } of offers.offers) {
      for (const { presentation, kind, menu } of presentations) {
        const table = kind === 'ivr' && menu !== undefined ? tables.get(menu) : undefined;
        if (table !== undefined) this.#tables.set(`${offer} ${presentation}`, table);
      }
    }
  }

  menuOf({ offer }: RouteStep): MenuTable | undefined {
    return offer === undefined ? undefined : this.#tables.get(`${offer.offerCode} ${offer.presentation}`);
  }
}
