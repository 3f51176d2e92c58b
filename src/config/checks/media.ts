// What a contact may come by: kinds of presentations have what they need and no more, and queues take what is sent to them.
import type { Cursor } from '../cursor.js';
import { presentationsOf } from './destinations.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';

/** Media of each queue by id; nothing of programs. */
function mediaOf(tree: SettingsTree): ReadonlyMap<string, ReadonlySet<string>> {
  const media = new Map<string, ReadonlySet<string>>();
  for (const centre of tree.centres?.list('centres') ?? []) {
    for (const queue of centre.list('queues')) {
      const own = queue.list('media').flatMap((one) => one.text ?? []);
      const id = `${centre.key('centre').text ?? ''}/${queue.key('queue').text ?? ''}`;
      media.set(id, new Set(own.length === 0 ? ['audio'] : own));
    }
  }
  return media;
}

const takesOf: Readonly<Record<string, readonly string[]>> = { agent: ['audio', 'text'], chat: ['chat'] };

/** Each kind of presentation is told where it goes, and nothing that belongs to another kind. */
export const presentationsAreWhole: CrossCheck = (tree, report) => {
  const media = mediaOf(tree);
  for (const presentation of presentationsOf(tree)) {
    const kind = presentation.key('kind').text;
    if (kind === undefined) continue;
    checkWhere(presentation, kind, report);
    for (const [name, owner] of [
      ['url', 'page'],
      ['target', 'chat'],
    ] as const) {
      const place = presentation.key(name);
      if (place.text === undefined || kind === owner) continue;
      report(place, `belongs to a presentation of kind ${owner}; leave it out of one of kind ${kind}`);
    }
    for (const place of presentation.list('destinations')) {
      checkTakes(place, takesOf[kind], media, report);
    }
  }
};

function checkWhere(presentation: Cursor, kind: string, report: Report): void {
  const count = presentation.list('destinations').length;
  const destinations = presentation.key('destinations');
  if (kind === 'page') {
    if (presentation.key('url').text === undefined)
      report(presentation, 'a presentation of kind page needs url, the page that presents the offer');
    if (count > 0)
      report(destinations, 'a page goes to no queue; leave destinations out, or name another kind');
    return;
  }
  const hasTarget = kind === 'chat' && presentation.key('target').text !== undefined;
  if (hasTarget && count > 0)
    report(destinations, 'a chat goes to queues or to target, not to both; leave one of them out');
  // What is no list at all is reported by the schema.
  if (hasTarget || count > 0 || destinations.text !== undefined) return;
  const what = kind === 'ivr' ? 'IVR program' : 'queue';
  const other = kind === 'chat' ? ', or a target' : '';
  report(presentation, `a presentation of kind ${kind} needs destinations: at least one ${what}${other}`);
}

/** Queues that do not exist are reported by `destinationsExist`. */
function checkTakes(
  place: Cursor,
  wanted: readonly string[] | undefined,
  media: ReadonlyMap<string, ReadonlySet<string>>,
  report: Report,
): void {
  const own = media.get(place.text ?? '');
  if (wanted === undefined || own === undefined || wanted.some((one) => own.has(one))) return;
  const needed = wanted.map((one) => JSON.stringify(one)).join(' or ');
  report(
    place,
    `${place.text ?? ''} takes ${[...own].join(', ')} only; add ${needed} to its media in centres.yaml`,
  );
}

/** Calls reach plain service, and contacts that are not calls have one of their own. */
export const serviceTakesMedia: CrossCheck = (tree, report) => {
  const media = mediaOf(tree);
  for (const partner of tree.partners?.list('partners') ?? []) {
    const queues = partner.list('serviceQueues');
    const isAudio = ({ text }: Cursor): boolean => media.get(text ?? '')?.has('audio') ?? true;
    const [first] = queues;
    if (tree.centres !== undefined && first !== undefined && !queues.some(isAudio))
      report(first, 'no service queue takes audio; name at least one whose media have "audio"');
    const web = partner.key('web');
    if (web.entries().length === 0) continue;
    const [page, queue, target] = [web.key('page'), web.key('chatQueue'), web.key('chatTarget')];
    if (page.text === undefined && queue.text === undefined && target.text === undefined)
      report(web, 'needs page, chatQueue or chatTarget: where contacts go without an offer');
    if (queue.text !== undefined && target.text !== undefined)
      report(target, 'plain chats go to chatQueue or to chatTarget; leave one of them out');
    if (queue.text !== undefined) checkTakes(queue, ['chat'], media, report);
  }
};
