// Queues are loaded from XML. `queue load` and `queue reload` would do it, but both also import every agent and tier that the XML
// names, with their status: whoever is logged in is logged out, and levels that were set go back. mod_callcenter also loads a queue
// the first time something names it, and then nothing but the queue: so a queue is named, in a `tier add` of an agent that cannot be.
// A queue whose parameters changed is unloaded first, as `queue reload` does too. Two things can then go wrong for callers in it: a queue
// that the XML has lost drops them, and the dispatcher reads the strategy of a queue that it no longer holds (members_callback), which
// may be freed by then. So the XML is looked at first, and a queue with callers waiting stays as it is.
import type { DesiredCentre, QueueParameters } from './desired-centre.js';
import { cell, list } from './lists.js';
import { fullNameOf } from './names.js';
import type { PlanStep, QueueChange } from './plan.js';
import { queuesInXml } from './queue-xml.js';
import type { SwitchCommands } from './switch-commands.js';

export type QueueStep = Extract<PlanStep, { readonly kind: 'load-queue' | 'reload-queue' }>;

export function isQueueStep(step: PlanStep): step is QueueStep {
  return step.kind === 'load-queue' || step.kind === 'reload-queue';
}

/** What became of a step about a queue; `said` names what is wrong and the fix. */
export type QueueOutcome = { readonly isDone: true } | { readonly isDone: false; readonly said: string };

// An agent that nobody has: names from settings begin with a letter or a digit.
const nobody = '-proffer-loads-queue';

export class QueueLoader {
  readonly #commands: SwitchCommands;
  readonly #desired: DesiredCentre;
  #xml: ReadonlyMap<string, QueueParameters> | string | undefined;

  constructor(commands: SwitchCommands, desired: DesiredCentre) {
    this.#commands = commands;
    this.#desired = desired;
  }

  /** @throws what the port throws */
  async carryOut(step: QueueStep): Promise<QueueOutcome> {
    const queue = fullNameOf('queue', step.queue);
    this.#xml ??= await this.#readXml();
    if (typeof this.#xml === 'string') return { isDone: false, said: this.#xml };
    const inXml = this.#xml.get(queue);
    if (inXml === undefined) return { isDone: false, said: `is not in callcenter.conf; ${this.#fix()}` };
    if (step.kind === 'reload-queue') {
      const wrong = step.changes.filter((one) => inXml[one.key] !== one.value);
      if (wrong.length > 0) return { isDone: false, said: this.#differs(wrong, inXml) };
      const members = await list(this.#commands, `queue list members ${queue}`);
      const waiting = members.filter((one) => cell(one, 'state') !== 'Answered').length;
      if (waiting > 0) return { isDone: false, said: waitingCallers(waiting) };
      await this.#commands.run(`callcenter_config queue unload ${queue}`);
    }
    const said = (await this.#commands.run(`callcenter_config tier add ${queue} ${nobody}`)).trim();
    return said.includes('Queue not found')
      ? { isDone: false, said: `cannot be loaded: ${said}` }
      : { isDone: true };
  }

  async #readXml(): Promise<ReadonlyMap<string, QueueParameters> | string> {
    const reloaded = (await this.#commands.run('reloadxml')).trim();
    if (!/^\+OK \[Success\]$/.test(reloaded)) return `FreeSWITCH cannot read its XML: ${reloaded}`;
    const xml = await this.#commands.run('xml_locate configuration configuration name callcenter.conf');
    // Nothing can be said of its queues then, least of all that they are not there.
    if (xml.startsWith('-ERR')) return `FreeSWITCH does not show its XML: ${xml.trim()}`;
    return queuesInXml(xml);
  }

  #differs(wrong: readonly QueueChange[], inXml: QueueParameters): string {
    const said = wrong.map((one) => `${one.key.replaceAll('_', '-')} is ${inXml[one.key]}, not ${one.value}`);
    return `in callcenter.conf ${said.join(', ')}; ${this.#fix()}`;
  }

  #fix(): string {
    return `include the output of "proffer centres xml ${this.#desired.centre}" there and apply again`;
  }
}

function waitingCallers(many: number): string {
  const who = many === 1 ? '1 caller waits' : `${many} callers wait`;
  return `${who} in it, and a queue is not reloaded under callers; apply again when it is empty ("drain: true" empties it)`;
}
