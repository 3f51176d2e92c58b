// Fields that name something else in the settings, and what there is to choose from.
import { isRecord, valueAt } from './values.js';
import type { Path, Values } from './values.js';

/** The values of every file, by its name. */
export type AllValues = Readonly<Record<string, unknown>>;

function items(values: unknown, key: string): readonly Values[] {
  const list = isRecord(values) ? values[key] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function texts(list: readonly Values[], key: string): string[] {
  return list.map((one) => one[key]).filter((one): one is string => typeof one === 'string' && one !== '');
}

function destinations(all: AllValues, kinds: readonly ('queues' | 'ivrPools')[]): string[] {
  return items(all['centres.yaml'], 'centres').flatMap((centre) =>
    kinds.flatMap((kind) =>
      texts(items(centre, kind), kind === 'queues' ? 'queue' : 'program').map(
        (id) => `${String(centre['centre'])}/${id}`,
      ),
    ),
  );
}

const stepFields = new Set(['start', 'next', 'onTimeout', 'onInvalid', 'onYes', 'onNo']);

/** What a field may name; undefined where it is free text. @param field the path without positions */
export function choicesFor({
  all,
  file,
  path,
  field,
}: {
  readonly all: AllValues;
  readonly file: string;
  readonly path: Path;
  readonly field: string;
}): readonly string[] | undefined {
  const last = field.slice(field.lastIndexOf('.') + 1);
  const of = (name: string, key: string, id: string) => texts(items(all[name], key), id);
  if (['offers.partner', 'rankings.partner', 'partners.affiliates'].includes(field))
    return of('partners.yaml', 'partners', 'partner');
  if (field === 'offers.product') return of('offers.yaml', 'products', 'product');
  if (field === 'rankings.offers.offer') return of('offers.yaml', 'offers', 'offer');
  if (field === 'offers.presentations.menu') return of('offers.yaml', 'menus', 'menu');
  if (field === 'partners.serviceQueues') return destinations(all, ['queues']);
  if (field === 'partners.identification.programs') return destinations(all, ['ivrPools']);
  if (last === 'destinations') {
    const kind = valueAt(all[file], [...path.slice(0, path.lastIndexOf('destinations')), 'kind']);
    return destinations(all, kind === 'ivr' ? ['ivrPools'] : ['queues']);
  }
  if (field === 'partners.dispositions.autoWrapCode' || field.startsWith('partners.dispositions.ivrCodes.')) {
    const codes = texts(
      items(valueAt(all[file], path.slice(0, path.indexOf('dispositions') + 1)), 'codes'),
      'code',
    );
    return codes.length === 0 ? undefined : codes;
  }
  if (field.startsWith('menus.') && (stepFields.has(last) || field.endsWith('.choices')))
    return texts(items(valueAt(all[file], path.slice(0, 2)), 'steps'), 'step');
  return undefined;
}
