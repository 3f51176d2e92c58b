// `api` and `bgapi`, of clients of the event socket and of applications that control a channel alike (mod_event_socket.c, api_exec).
import { randomUuid } from '../../kernel/index.js';
import type { SwitchEvent } from '../switch-event.js';

export interface ApiCallsHost {
  /** Channel that the connection controls; '' for none. */
  readonly owner: string;
  /** The text of the answer to an API command. */
  runApi(command: string, args: string): string | Promise<string>;
  fire(event: SwitchEvent): void;
  write(data: string): void;
}

export class ApiCalls {
  readonly #host: ApiCallsHost;

  constructor(host: ApiCallsHost) {
    this.#host = host;
  }

  /** @returns what the next command has to wait for */
  api(text: string): Promise<void> | undefined {
    const answer = this.#run(text);
    if (typeof answer === 'string') {
      this.#answer(answer);
      return undefined;
    }
    return answer.then((one) => this.#answer(one));
  }

  /** Answers at once; the result is an event. @param jobUuid of the client's choice */
  bgapi(text: string, jobUuid: string = randomUuid()): void {
    const [command, args] = partsOf(text);
    this.#host.write(
      `Content-Type: command/reply\nReply-Text: +OK Job-UUID: ${jobUuid}\nJob-UUID: ${jobUuid}\n\n`,
    );
    void Promise.resolve(this.#run(text)).then((body) =>
      this.#host.fire({
        name: 'BACKGROUND_JOB',
        subclass: undefined,
        origin: 'mod_event_socket.c:api_exec:1580',
        headers: [
          ['Job-UUID', jobUuid],
          ['Job-Owner-UUID', this.#host.owner],
          ['Job-Command', command],
          ...(args === '' ? [] : [['Job-Command-Arg', args] as const]),
        ],
        body,
      }),
    );
  }

  #run(text: string): string | Promise<string> {
    return this.#host.runApi(...partsOf(text));
  }

  #answer(text: string): void {
    const body = text === '' ? '-ERR no reply\n' : text;
    this.#host.write(`Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`);
  }
}

function partsOf(text: string): [command: string, args: string] {
  const [command = ''] = text.split(' ', 1);
  return [command, text.slice(command.length + 1)];
}
