// Quick switches: values of the settings files that are to change in a moment: kill switches, the diversion cap, maintenance drains.
import type { Settings } from '../../config/index.js';
import type { SwitchKind, SwitchView } from './settings-view.js';

type Switch = Omit<SwitchView, 'last'>;

export function keyOf(kind: SwitchKind, id: string): string {
  return id === '' ? kind : `${kind}:${id}`;
}

/** Every switch there is, as the router has it now. */
export function switchesOf(settings: Settings): readonly Switch[] {
  const { decision } = settings.process;
  const make = (kind: SwitchKind, id: string, rest: Omit<Switch, 'switch' | 'kind' | 'id'>): Switch => ({
    switch: keyOf(kind, id),
    kind,
    id,
    ...rest,
  });
  return [
    make('kill-all', '', { name: '', isOn: decision.killSwitch }),
    make('diversion-cap', '', {
      name: '',
      isOn: decision.diversionCapPercent < 100,
      percent: decision.diversionCapPercent,
    }),
    ...settings.partners.partners.map(({ partner, name, killSwitch }) =>
      make('kill-partner', partner, { name, partner, isOn: killSwitch }),
    ),
    ...settings.offers.offers.map(({ offer, name, partner, killSwitch }) =>
      make('kill-offer', offer, { name, partner, isOn: killSwitch }),
    ),
    ...settings.centres.centres.flatMap(({ centre, drain, queues, ivrPools }) => [
      make('drain-centre', centre, { name: centre, isOn: drain }),
      ...queues.map((one) =>
        make('drain-queue', `${centre}/${one.queue}`, { name: one.queue, isOn: one.drain }),
      ),
      ...ivrPools.map((one) =>
        make('drain-program', `${centre}/${one.program}`, { name: one.program, isOn: one.drain }),
      ),
    ]),
  ];
}

/** Which file a switch is in. */
export const fileOf: Readonly<Record<SwitchKind, string>> = {
  'kill-all': 'proffer.yaml',
  'diversion-cap': 'proffer.yaml',
  'kill-partner': 'partners.yaml',
  'kill-offer': 'offers.yaml',
  'drain-centre': 'centres.yaml',
  'drain-queue': 'centres.yaml',
  'drain-program': 'centres.yaml',
};

/** Where the value of a switch stands in the values of its file; undefined where it is not there. */
export function placeOf({ kind, id }: Switch, values: unknown): readonly (string | number)[] | undefined {
  const [centre = '', below = ''] = id.split('/');
  switch (kind) {
    case 'kill-all':
      return ['decision', 'killSwitch'];
    case 'diversion-cap':
      return ['decision', 'diversionCapPercent'];
    case 'kill-partner':
      return within(values, ['partners'], { key: 'partner', id, field: 'killSwitch' });
    case 'kill-offer':
      return within(values, ['offers'], { key: 'offer', id, field: 'killSwitch' });
    case 'drain-centre':
      return within(values, ['centres'], { key: 'centre', id, field: 'drain' });
    case 'drain-queue':
    case 'drain-program': {
      const place = within(values, ['centres'], { key: 'centre', id: centre, field: 'drain' });
      if (place === undefined) return undefined;
      const isQueue = kind === 'drain-queue';
      const list = [...place.slice(0, -1), isQueue ? 'queues' : 'ivrPools'];
      return within(values, list, { key: isQueue ? 'queue' : 'program', id: below, field: 'drain' });
    }
  }
}

function within(
  values: unknown,
  list: readonly (string | number)[],
  { key, id, field }: { readonly key: string; readonly id: string; readonly field: string },
): readonly (string | number)[] | undefined {
  const items = list.reduce<unknown>(
    (here, step) =>
      typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[step] : undefined,
    values,
  );
  if (!Array.isArray(items)) return undefined;
  const at = items.findIndex((one) => (one as Record<string, unknown> | null)?.[key] === id);
  return at < 0 ? undefined : [...list, at, field];
}
