// CentreControl over the event socket of a centre: moves calls that are there, and sets what mod_callcenter knows of an agent.
import type { Centre } from '../../config/index.js';
import { errorMessage } from '../../kernel/index.js';
import type { CentreControl, ControlAnswer } from '../../callcenter/index.js';
import { agentStatusCommand, headersCommand, isUuid, toQueueCommand, toUriCommand } from './commands.js';

/** The event-socket client of every centre. */
export interface CentreCommands {
  /** Runs `api <line>` there and gives the answer; rejects when the centre cannot be reached. */
  command(centre: string, line: string): Promise<string>;
}

/** How long a call that is sent to a URI may ring, in seconds. */
const ringSeconds = 60;

type Transfer = Parameters<CentreControl['transfer']>[0];

export class EventSocketControl implements CentreControl {
  readonly #commands: CentreCommands;
  #centres: ReadonlyMap<string, Centre> = new Map();

  constructor(commands: CentreCommands, centres: readonly Centre[]) {
    this.#commands = commands;
    this.watch(centres);
  }

  /** Centres as they are from now on. */
  watch(centres: readonly Centre[]): void {
    this.#centres = new Map(centres.map((centre) => [centre.centre, centre]));
  }

  async transfer({ centre, sessionUuid, queue, uri, headers }: Transfer): Promise<ControlAnswer> {
    const socket = this.#centres.get(centre)?.eventSocket;
    if (socket === undefined) return refused(`centre ${centre} has no event socket`);
    if (!isUuid(sessionUuid)) return { kind: 'unknown-call' };
    const setHeaders = headersCommand(sessionUuid, headers);
    const move =
      uri === undefined
        ? toQueueCommand(sessionUuid, queue, socket.queueContext)
        : toUriCommand(sessionUuid, uri, ringSeconds);
    if (setHeaders === undefined) return refused('a header cannot be passed on');
    if (move === undefined) return refused('the destination cannot be dialled');
    if (setHeaders !== '') {
      const answer = await this.#run(centre, setHeaders);
      if (answer.kind !== 'done') return answer;
    }
    return this.#run(centre, move);
  }

  async setAgentStatus(centre: string, agent: string, status: string): Promise<ControlAnswer> {
    const socket = this.#centres.get(centre)?.eventSocket;
    if (socket === undefined) return refused(`centre ${centre} has no event socket`);
    const line = agentStatusCommand(agent, socket.domain, status);
    return line === undefined ? refused('no such agent or status') : this.#run(centre, line);
  }

  async #run(centre: string, line: string): Promise<ControlAnswer> {
    let answer: string;
    try {
      answer = await this.#commands.command(centre, line);
    } catch (error) {
      return { kind: 'unreachable', reason: errorMessage(error) };
    }
    const text = answer.trim();
    if (text.startsWith('+OK')) return { kind: 'done' };
    if (/^-ERR agent not found/i.test(text)) return { kind: 'unknown-agent' };
    if (/^-ERR no such channel/i.test(text)) return { kind: 'unknown-call' };
    return refused(text === '' ? 'the centre gave no answer' : text.replace(/^-ERR /, '').slice(0, 200));
  }
}

function refused(reason: string): ControlAnswer {
  return { kind: 'refused', reason };
}
