// Everything that names a destination: it exists, and it is of the kind that is needed.
import { didYouMean } from '../closest.js';
import type { Cursor } from '../cursor.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';

type Kind = 'queue' | 'program';

interface Destinations {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly skillLevels: ReadonlyMap<string, number>;
}

function destinationsOf(centres: Cursor): Destinations {
  const kinds = new Map<string, Kind>();
  const skillLevels = new Map<string, number>();
  for (const centre of centres.list('centres')) {
    const at = centre.key('centre').text ?? '';
    for (const queue of centre.list('queues')) {
      const destination = `${at}/${queue.key('queue').text ?? ''}`;
      kinds.set(destination, 'queue');
      skillLevels.set(destination, queue.key('skillLevel').number ?? 0);
    }
    for (const pool of centre.list('ivrPools')) {
      kinds.set(`${at}/${pool.key('program').text ?? ''}`, 'program');
    }
  }
  return { kinds, skillLevels };
}

const wordOf = { queue: 'queue', program: 'IVR program' } as const;

function checkDestination(
  place: Cursor,
  wanted: { readonly kind: Kind; readonly otherwise: string },
  kinds: ReadonlyMap<string, Kind>,
  report: Report,
): void {
  const { text } = place;
  if (text === undefined) return;
  const found = kinds.get(text);
  if (found === wanted.kind) return;
  const named = JSON.stringify(text);
  if (found !== undefined) {
    report(place, `${named} is ${found === 'queue' ? 'a' : 'an'} ${wordOf[found]}; ${wanted.otherwise}`);
    return;
  }
  const candidates = [...kinds]
    .filter(([id, kind]) => kind === wanted.kind && !/\s/.test(id))
    .map(([id]) => id);
  report(place, `${named} is no ${wordOf[wanted.kind]} of any centre${didYouMean(text, candidates)}`);
}

/** Presentations name queues or programs by their kind; plain service is given by queues, digits are asked for by programs. */
export const destinationsExist: CrossCheck = (tree, report) => {
  if (tree.centres === undefined) return;
  const { kinds } = destinationsOf(tree.centres);
  for (const partner of tree.partners?.list('partners') ?? []) {
    const wanted = { kind: 'queue', otherwise: 'plain service is given by queues' } as const;
    for (const place of partner.list('serviceQueues')) checkDestination(place, wanted, kinds, report);
    const chat = { kind: 'queue', otherwise: 'chats go to queues' } as const;
    checkDestination(partner.key('web').key('chatQueue'), chat, kinds, report);
    const asking = { kind: 'program', otherwise: 'callers are asked on ports of IVR programs' } as const;
    for (const place of partner.key('identification').list('programs'))
      checkDestination(place, asking, kinds, report);
  }
  for (const presentation of presentationsOf(tree)) {
    const kind = presentation.key('kind').text;
    // A page names none: media.ts.
    if (kind === undefined || kind === 'page') continue;
    const wanted =
      kind === 'ivr'
        ? ({ kind: 'program', otherwise: 'a presentation of kind ivr names IVR programs' } as const)
        : ({ kind: 'queue', otherwise: `a presentation of kind ${kind} names queues` } as const);
    for (const place of presentation.list('destinations')) checkDestination(place, wanted, kinds, report);
  }
};

/** minSkillLevel leaves at least one queue, and stands where there are queues. */
export const skillLevelsReachable: CrossCheck = (tree, report) => {
  if (tree.centres === undefined) return;
  const { skillLevels } = destinationsOf(tree.centres);
  for (const presentation of presentationsOf(tree)) {
    const place = presentation.key('minSkillLevel');
    const wanted = place.number;
    if (wanted === undefined) continue;
    const kind = presentation.key('kind').text;
    if (kind === 'ivr') {
      report(place, 'IVR programs have no skillLevel; leave minSkillLevel out of a presentation of kind ivr');
      continue;
    }
    if (kind === 'page') continue;
    const levels = presentation
      .list('destinations')
      .map((one) => skillLevels.get(one.text ?? ''))
      .filter((one) => one !== undefined);
    const best = Math.max(...levels);
    if (levels.length > 0 && best < wanted) {
      report(place, `${wanted} leaves no queue; the highest skillLevel among its destinations is ${best}`);
    }
  }
};

export function presentationsOf(tree: SettingsTree): readonly Cursor[] {
  return (tree.offers?.list('offers') ?? []).flatMap((offer) => offer.list('presentations'));
}
