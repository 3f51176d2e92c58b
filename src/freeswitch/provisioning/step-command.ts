// The command of a step, each word checked once more.
import { fullNameOf, safeWord } from './names.js';
import type { PlanStep } from './plan.js';

export type CommandStep = Exclude<PlanStep, { readonly kind: 'load-queue' | 'reload-queue' }>;

export function isCommandStep(step: PlanStep): step is CommandStep {
  return step.kind !== 'load-queue' && step.kind !== 'reload-queue';
}

/** @throws UnsafeValueError */
export function stepCommand(step: CommandStep): string {
  return `callcenter_config ${words(step).join(' ')}`;
}

function words(step: CommandStep): readonly string[] {
  const agent = fullNameOf('agent', step.agent);
  switch (step.kind) {
    case 'add-agent':
      return ['agent', 'add', agent, 'callback'];
    case 'set-agent':
      return ['agent', 'set', step.key, agent, safeWord(`${step.key} of agent`, step.value)];
    case 'remove-agent':
      return ['agent', 'del', agent];
    case 'add-tier':
      return ['tier', 'add', fullNameOf('queue', step.queue), agent, whole(step.level), whole(step.position)];
    case 'set-tier':
      return ['tier', 'set', step.key, fullNameOf('queue', step.queue), agent, whole(step.value)];
    case 'remove-tier':
      return ['tier', 'del', fullNameOf('queue', step.queue), agent];
  }
}

function whole(value: number): string {
  return safeWord('level or position', value.toFixed(0));
}
