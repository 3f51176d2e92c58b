// Values of a settings file as plain data: changes at a path, the changes between two, and one's own changes taken over onto others'.
import type { SettingsChangeView } from '../../../../settings/settings-view.js';

export type Path = readonly (string | number)[];
export type Values = Readonly<Record<string, unknown>>;

/** The key that names an item, by the key of its list. */
const idKeys: Readonly<Record<string, string>> = {
  partners: 'partner',
  products: 'product',
  centres: 'centre',
  queues: 'queue',
  ivrPools: 'program',
  agents: 'agent',
  trunks: 'trunk',
  offers: 'offer',
  presentations: 'presentation',
  menus: 'menu',
  steps: 'step',
  codes: 'code',
  rankings: 'partner',
  sources: 'source',
  columns: 'column',
  models: 'model',
  skills: 'skill',
};

export function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The key that names the items of the list at a path; undefined where they have no names. */
export function idKeyOf(list: Path): string | undefined {
  const last = list.findLast((step) => typeof step === 'string');
  return last === undefined ? undefined : idKeys[last];
}

export function idOf(list: Path, item: unknown): string | undefined {
  const key = idKeyOf(list);
  const id = key !== undefined && isRecord(item) ? item[key] : undefined;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

export function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, step) =>
      typeof here === 'object' && here !== null
        ? (here as Record<string | number, unknown>)[step]
        : undefined,
    values,
  );
}

/** `offers[2].value`, as problems name it. */
export function fieldOf(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** A copy with the value at the path; `undefined` takes the key out. */
export function withValue(values: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(values))
    return values.map((one: unknown, at) => (at === step ? withValue(one, rest, value) : one));
  const { [step]: old, ...others } = isRecord(values) ? values : {};
  const next = withValue(old, rest, value);
  if (next === undefined) return others;
  if (old === undefined) return { ...others, [step]: next };
  // Keys keep their order.
  return Object.fromEntries(
    Object.entries(values as Values).map(([key, one]) => [key, key === step ? next : one]),
  );
}

export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(a[key], b[key]));
}

function isNamed(list: Path, items: readonly unknown[]): boolean {
  const ids = items.map((one) => idOf(list, one));
  return ids.every((one) => one !== undefined) && new Set(ids).size === ids.length;
}

/** What leads from one to the other; each path is of the values as the changes before it left them. */
export function changesBetween(before: unknown, after: unknown, path: Path = []): SettingsChangeView[] {
  if (isSame(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key): SettingsChangeView[] => {
      const at = [...path, key];
      if (after[key] === undefined) return before[key] === undefined ? [] : [{ path: at, op: 'remove' }];
      if (before[key] === undefined) return [{ path: at, op: 'set', value: after[key] }];
      return changesBetween(before[key], after[key], at);
    });
  }
  const isList = Array.isArray(before) && Array.isArray(after);
  if (isList && before.length > 0 && after.length > 0 && isNamed(path, before) && isNamed(path, after))
    return listChanges(before, after, path);
  return [{ path, op: 'set', value: after }];
}

function listChanges(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Path,
): SettingsChangeView[] {
  const changes: SettingsChangeView[] = [];
  const wanted = new Set(after.map((one) => idOf(path, one)));
  const here = [...before];
  for (let at = here.length - 1; at >= 0; at -= 1) {
    if (wanted.has(idOf(path, here[at]))) continue;
    changes.push({ path: [...path, at], op: 'remove' });
    here.splice(at, 1);
  }
  after.forEach((item, at) => {
    const from = here.findIndex((one) => idOf(path, one) === idOf(path, item));
    if (from < 0) {
      changes.push({ path: [...path, at], op: 'insert', value: item });
      here.splice(at, 0, item);
      return;
    }
    if (from !== at) {
      changes.push({ path: [...path, from], op: 'move', to: at });
      here.splice(at, 0, ...here.splice(from, 1));
    }
    changes.push(...changesBetween(here[at], item, [...path, at]));
  });
  return changes;
}

/** My changes of `base`, made on theirs. Where both changed the same value, mine stands, and its field is told to `onBoth`. */
export function takenOver(
  { base, mine, theirs }: { readonly base: unknown; readonly mine: unknown; readonly theirs: unknown },
  onBoth: (field: string) => void,
  path: Path = [],
): unknown {
  if (isSame(base, mine)) return theirs;
  if (isSame(base, theirs) || isSame(mine, theirs)) return mine;
  if (isRecord(mine) && isRecord(theirs)) {
    const from = isRecord(base) ? base : {};
    const keys = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
    const pairs = keys.map((key) => [
      key,
      takenOver({ base: from[key], mine: mine[key], theirs: theirs[key] }, onBoth, [...path, key]),
    ]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Values;
  }
  if (
    Array.isArray(mine) &&
    Array.isArray(theirs) &&
    Array.isArray(base) &&
    [base, mine, theirs].every((one) => isNamed(path, one))
  )
    return listTakenOver({ base, mine, theirs }, onBoth, path);
  onBoth(fieldOf(path));
  return mine;
}

function listTakenOver(
  { base, mine, theirs }: Record<'base' | 'mine' | 'theirs', readonly unknown[]>,
  onBoth: (field: string) => void,
  path: Path,
): unknown[] {
  const find = (list: readonly unknown[], id: string | undefined) =>
    list.find((one) => idOf(path, one) === id);
  const ids = (list: readonly unknown[]) => list.map((one) => idOf(path, one));
  const isReordered = !isSame(ids(base), ids(mine)) && isSame(ids(base).toSorted(), ids(mine).toSorted());
  const order = isReordered ? [...ids(mine), ...ids(theirs)] : [...ids(theirs), ...ids(mine)];
  return [...new Set(order)].flatMap((id, at) => {
    const all = { base: find(base, id), mine: find(mine, id), theirs: find(theirs, id) };
    const isGone = all.base !== undefined && (all.mine === undefined || all.theirs === undefined);
    if (isGone) {
      // One removed it: it stays only where the other changed it meanwhile.
      const left = all.mine ?? all.theirs;
      if (left === undefined || isSame(left, all.base)) return [];
      onBoth(fieldOf([...path, id ?? at]));
      return all.mine === undefined ? [] : [left];
    }
    return [takenOver(all, onBoth, [...path, at])];
  });
}
