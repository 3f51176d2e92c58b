// Skills that queues and presentations require: steps that widen, skills that somebody has, and queues that can be called so.
import { didYouMean } from '../closest.js';
import type { Cursor } from '../cursor.js';
import type { CrossCheck, Report, SettingsTree } from './tree.js';

const centresOf = (tree: SettingsTree): readonly Cursor[] => tree.centres?.list('centres') ?? [];

interface PresentationPlace {
  readonly offer: string;
  readonly presentation: Cursor;
}

function presentationsOf(tree: SettingsTree): readonly PresentationPlace[] {
  return (tree.offers?.list('offers') ?? []).flatMap((offer) =>
    offer
      .list('presentations')
      .map((presentation) => ({ offer: offer.key('offer').text ?? '', presentation })),
  );
}

/** Every step but the last has an end and asks for something; programs have no agents. */
export const skillStepsWiden: CrossCheck = (tree, report) => {
  for (const queue of centresOf(tree).flatMap((one) => one.list('queues'))) {
    checkSteps(queue.list('requires'), report);
  }
  for (const { presentation } of presentationsOf(tree)) {
    const steps = presentation.list('requires');
    const kind = presentation.key('kind').text;
    const place = presentation.key('requires');
    if (kind === 'ivr' && steps.length > 0) {
      report(place, 'IVR programs have no agents; leave requires out of a presentation of kind ivr');
    } else if (kind !== undefined && kind !== 'agent' && steps.length > 0) {
      report(place, `belongs to a presentation of kind agent; leave it out of one of kind ${kind}`);
    } else checkSteps(steps, report);
  }
};

function checkSteps(steps: readonly Cursor[], report: Report): void {
  for (const [index, step] of steps.entries()) {
    const forSeconds = step.key('forSeconds');
    if (index === steps.length - 1) {
      if (forSeconds.number === undefined) continue;
      report(forSeconds, 'the last step stays for good; leave forSeconds out, or add a wider step after it');
      continue;
    }
    if (forSeconds.number === undefined) {
      report(step, 'needs forSeconds, after which the next step is asked too');
    }
    if (step.list('skills').length === 0) {
      report(step, 'asks for no skill, and no step after it could be wider; only the last one may');
    }
  }
}

/** Skills by centre; undefined for a centre that lists no agents, where nobody can tell. */
function skillsByCentre(tree: SettingsTree): ReadonlyMap<string, ReadonlySet<string> | undefined> {
  return new Map(
    centresOf(tree).map((centre) => {
      const agents = centre.list('agents');
      const skills = agents.flatMap((agent) =>
        agent.list('skills').flatMap((one) => one.key('skill').text ?? []),
      );
      return [centre.key('centre').text ?? '', agents.length === 0 ? undefined : new Set(skills)] as const;
    }),
  );
}

/** Some agent has each skill: of the centre of a queue, of any centre of a presentation. */
export const skillsExist: CrossCheck = (tree, report) => {
  if (tree.centres === undefined) return;
  const skills = skillsByCentre(tree);
  for (const centre of centresOf(tree)) {
    const at = [centre.key('centre').text ?? ''];
    for (const queue of centre.list('queues')) checkSkills(queue, { at, skills }, report);
  }
  for (const { presentation } of presentationsOf(tree)) {
    const named = presentation.list('destinations').flatMap((one) => one.text?.split('/')[0] ?? []);
    checkSkills(presentation, { at: [...new Set(named)], skills }, report);
  }
};

function checkSkills(
  place: Cursor,
  where: {
    readonly at: readonly string[];
    readonly skills: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  },
  report: Report,
): void {
  const known: string[] = [];
  for (const centre of where.at) {
    const skills = where.skills.get(centre);
    if (skills === undefined) return;
    known.push(...skills);
  }
  for (const need of place.list('requires').flatMap((step) => step.list('skills'))) {
    const skill = need.key('skill');
    if (skill.text === undefined || known.includes(skill.text)) continue;
    const named = JSON.stringify(skill.text);
    report(
      skill,
      `${named} is a skill of no agent of ${where.at.join(' or ')}${didYouMean(skill.text, known)}`,
    );
  }
}

/** Characters of an id. */
const longestId = 64;

/** The queues that presentations with `requires` get of their own have ids that fit and that nothing else has. */
export const derivedQueuesFit: CrossCheck = (tree, report) => {
  const taken = new Set(
    centresOf(tree).flatMap((centre) => {
      const ids = [...centre.list('queues').map((one) => one.key('queue'))];
      ids.push(...centre.list('ivrPools').map((one) => one.key('program')));
      return ids.map((id) => `${centre.key('centre').text ?? ''}/${id.text ?? ''}`);
    }),
  );
  for (const { offer, presentation } of presentationsOf(tree)) {
    if (presentation.list('requires').length === 0 || presentation.key('kind').text !== 'agent') continue;
    for (const place of presentation.list('destinations')) {
      if (place.text === undefined) continue;
      const derived = `${place.text}.${offer}.${presentation.key('presentation').text ?? ''}`;
      const length = derived.length - derived.indexOf('/') - 1;
      if (length > longestId) {
        report(
          place,
          `its queue for these skills would be ${derived}, an id of ${length} characters; at most ${longestId} may be, so shorten one of its parts`,
        );
      } else if (taken.has(derived)) {
        report(
          place,
          `its queue for these skills would be ${derived}, which is there already; rename one of the two`,
        );
      }
      taken.add(derived);
    }
  }
};
