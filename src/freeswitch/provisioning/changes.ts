// A plan as people read it: one change for each queue, agent and tier, whatever number of commands it takes.
import type { CentrePlan, PlanStep } from './plan.js';

export type ChangeSign = '+' | '~' | '-';

export interface PlanChange {
  readonly sign: ChangeSign;
  readonly what: 'queue' | 'agent' | 'tier';
  /** The queue, the agent, or `agent in queue`. */
  readonly name: string;
  readonly detail: string;
}

export interface ChangeCounts {
  readonly add: number;
  readonly change: number;
  readonly remove: number;
}

/** By kind in the order of the steps. */
export function planChanges(steps: readonly PlanStep[]): readonly PlanChange[] {
  const changes = new Map<string, PlanChange>();
  for (const step of steps) {
    const change = changeOf(step);
    const key = `${change.what} ${change.name}`;
    const earlier = changes.get(key);
    if (earlier === undefined) changes.set(key, change);
    else if (change.detail !== '')
      changes.set(key, { ...earlier, detail: `${earlier.detail}, ${change.detail}` });
  }
  return [...changes.values()];
}

export function countChanges(changes: readonly PlanChange[]): ChangeCounts {
  const count = (sign: ChangeSign): number => changes.filter((one) => one.sign === sign).length;
  return { add: count('+'), change: count('~'), remove: count('-') };
}

/** `centres.yaml asks for 3 changes at east: proffer centres plan`; undefined when it asks for none. */
export function planSummary({ centre, steps }: CentrePlan): string | undefined {
  const many = planChanges(steps).length;
  if (many === 0) return undefined;
  return `centres.yaml asks for ${many} ${many === 1 ? 'change' : 'changes'} at ${centre}: proffer centres plan`;
}

/** One step in words, such as `add tier of 1001@default in cards@default`. */
export function stepInWords(step: PlanStep): string {
  const { what, name } = changeOf(step);
  const [verb = ''] = step.kind.split('-');
  const key = step.kind === 'set-agent' || step.kind === 'set-tier' ? `${step.key} of ` : '';
  return `${verb} ${key}${what} ${name}`;
}

function changeOf(step: PlanStep): PlanChange {
  switch (step.kind) {
    case 'load-queue':
      return { sign: '+', what: 'queue', name: step.queue, detail: 'load it from callcenter.conf' };
    case 'reload-queue': {
      const detail = step.changes.map((one) => `${one.key} ${one.before} -> ${one.value}`).join(', ');
      return { sign: '~', what: 'queue', name: step.queue, detail };
    }
    case 'add-agent':
      return { sign: '+', what: 'agent', name: step.agent, detail: 'Logged Out' };
    case 'set-agent':
      return { sign: '~', what: 'agent', name: step.agent, detail: settingDetail(step) };
    case 'remove-agent':
      return { sign: '-', what: 'agent', name: step.agent, detail: '' };
    case 'add-tier':
      return tierChange('+', step, `level ${step.level}, position ${step.position}`);
    case 'set-tier':
      return tierChange('~', step, `${step.key} ${step.before} -> ${step.value}`);
    case 'remove-tier':
      return tierChange('-', step, '');
  }
}

/** Of a new agent only the contact is worth a line; the rest is as in the settings. */
function settingDetail({ key, before, value }: PlanStep & { readonly kind: 'set-agent' }): string {
  if (before !== undefined) return `${key} ${before === '' ? '(none)' : before} -> ${value}`;
  return key === 'contact' ? `contact ${value}` : '';
}

function tierChange(
  sign: ChangeSign,
  { queue, agent }: { readonly queue: string; readonly agent: string },
  detail: string,
): PlanChange {
  return { sign, what: 'tier', name: `${agent} in ${queue}`, detail };
}
