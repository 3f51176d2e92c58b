// Plans of centres, and what became of them, as text.
import pc from 'picocolors';
import { countChanges, planChanges, stepInWords } from '../freeswitch/index.js';
import type { ApplyOutcome, CentrePlan, ChangeCounts, ChangeSign, FailedStep } from '../freeswitch/index.js';
import { errorMessage, textTable } from '../kernel/index.js';

const columns = [{ head: '' }, { head: 'WHAT' }, { head: 'NAME' }, { head: 'DETAIL' }];

const colours: Readonly<Record<ChangeSign, (text: string) => string>> = {
  '+': pc.green,
  '~': pc.yellow,
  '-': pc.red,
};

/** The changes as a table, then what stays as it is. */
export function planLines(plan: CentrePlan, address: string): readonly string[] {
  const changes = planChanges(plan.steps);
  const title = `${pc.bold(plan.centre)}  ${pc.dim(address)}`;
  const notes = plan.notes.map(({ about, note }) => `  ${pc.cyan('i')}  ${about}: ${note}`);
  if (changes.length === 0) return [`${title}  nothing to do`, ...notes];
  const [head = '', ...rows] = textTable(
    columns,
    changes.map(({ sign, what, name, detail }) => [sign, what, name, detail]),
  );
  const coloured = rows.map((row, index) => colours[changes[index]?.sign ?? '~'](row));
  return [title, pc.dim(head), ...coloured, ...notes, `  ${countWords(countChanges(changes))}`];
}

/** `3 to add, 1 to change, 0 to remove`. */
export function countWords({ add, change, remove }: ChangeCounts): string {
  return `${add} to add, ${change} to change, ${remove} to remove`;
}

/**
 * What was done and what was not.
 * @param left changes that are still asked for; undefined when that could not be read
 */
export function outcomeLines(
  centre: string,
  outcome: ApplyOutcome,
  left: number | undefined,
): readonly string[] {
  const { add, change, remove } = countChanges(planChanges(outcome.done));
  const isWhole = outcome.stopped === undefined && outcome.refused.length === 0;
  const mark = isWhole ? pc.green('ok') : pc.red('not whole');
  return [
    `${pc.bold(centre)}  ${mark}  ${add} added, ${change} changed, ${remove} removed`,
    ...outcome.refused.map(({ step, said }) => `  ${pc.red('refused')}  ${stepInWords(step)}: ${said}`),
    ...skippedLines(outcome.skipped),
    ...stoppedLines(outcome),
    ...leftLines(left),
  ];
}

/** By reason: a queue that is missing leaves out a tier of each of its agents. */
function skippedLines(skipped: readonly FailedStep[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { said } of skipped) counts.set(said, (counts.get(said) ?? 0) + 1);
  return [...counts].map(
    ([said, count]) => `  ${pc.yellow('left out')}  ${count} ${count === 1 ? 'step' : 'steps'}: ${said}`,
  );
}

function stoppedLines({ stopped }: ApplyOutcome): readonly string[] {
  if (stopped === undefined) return [];
  const why = errorMessage(stopped.error);
  return [
    `  ${pc.red('stopped')}  at ${stepInWords(stopped.step)}: ${why}; nothing after it was sent, apply again goes on from there`,
  ];
}

function leftLines(left: number | undefined): readonly string[] {
  if (left === undefined || left === 0) return [];
  return [`  ${left} ${left === 1 ? 'change is' : 'changes are'} left: proffer centres plan`];
}
