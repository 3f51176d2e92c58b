// Agents and their skills, and the queues that are provisioned for them.
import type { Cursor } from '../cursor.js';
import { isDay } from './offers.js';
import type { CrossCheck, Report } from './tree.js';
import { reportRepeated } from './unique.js';

/** An agent is there once at its centre, and has each skill once, for as long as the calendar can say. */
export const agentsAreWhole: CrossCheck = (tree, report) => {
  for (const centre of tree.centres?.list('centres') ?? []) {
    const agents = centre.list('agents');
    const ids = agents.map((one) => one.key('agent'));
    reportRepeated(ids, 'each agent of a centre has an id of its own', report);
    for (const agent of agents) {
      const skills = agent.list('skills');
      const names = skills.map((one) => one.key('skill'));
      reportRepeated(names, 'an agent has one level of a skill', report);
      for (const until of skills.map((one) => one.key('until'))) {
        if (until.text === undefined || isDay(until.text)) continue;
        report(until, `${until.text} is no day of the calendar; name one that its month has`);
      }
    }
  }
};

/**
 * mod_callcenter's round-robin begins behind the agent that was asked last, whatever its step: it would ask a later step at once, or
 * stop before the first.
 */
export const strategiesKeepToSteps: CrossCheck = (tree, report) => {
  const queues = new Map<string, Cursor>();
  for (const centre of tree.centres?.list('centres') ?? []) {
    for (const queue of centre.list('queues')) {
      queues.set(`${centre.key('centre').text ?? ''}/${queue.key('queue').text ?? ''}`, queue);
      if (queue.list('requires').length > 1) reportRoundRobin(queue, 'it', report);
    }
  }
  const told = new Set<Cursor>();
  for (const offer of tree.offers?.list('offers') ?? []) {
    for (const presentation of offer.list('presentations')) {
      if (presentation.key('kind').text !== 'agent' || presentation.list('requires').length < 2) continue;
      for (const { text } of presentation.list('destinations')) {
        const queue = queues.get(text ?? '');
        if (queue === undefined || queue.list('requires').length > 1 || told.has(queue)) continue;
        told.add(queue);
        reportRoundRobin(queue, `the presentation ${presentation.key('presentation').text ?? ''}`, report);
      }
    }
  }
};

function reportRoundRobin(queue: Cursor, who: string, report: Report): void {
  const strategy = queue.key('queueStrategy');
  if (strategy.text !== 'round-robin') return;
  report(
    strategy,
    `round-robin does not keep to the steps that ${who} requires; longest-idle-agent and sequentially-by-agent-order do`,
  );
}
