// Applications that run on a channel, one after the other, with the events that tell of them (switch_core_session_exec).
import { randomUuid } from '../../kernel/index.js';
import type { EventHeader } from '../switch-event.js';

/** An application that goes on after its start has returned. */
export interface Running {
  /** Ends it now: `break` by somebody's wish, `hangup` since the channel is gone. It calls `done` in any case. */
  stop(why: 'break' | 'hangup'): void;
}

/** @param done to be called once; `response` is Application-Response, such as `FILE PLAYED` */
export type StartApplication = (data: string, done: (response?: string) => void) => Running | undefined;

export interface ApplicationRequest {
  readonly name: string;
  readonly data: string;
  /** Application-UUID; default a random one. */
  readonly uuid?: string;
  /** Default 1. */
  readonly loops?: number;
  readonly onDone?: () => void;
}

export interface ApplicationHost {
  setVariable(name: string, value: string | undefined): void;
  getVariable(name: string): string | undefined;
  fire(name: string, origin: string, after: readonly EventHeader[]): void;
  find(name: string): StartApplication | undefined;
  /** No application runs: the channel is parked. */
  onIdle(): void;
}

const startOrigin = 'switch_core_session.c:switch_core_session_exec:2949';
const endOrigin = 'switch_core_session.c:switch_core_session_exec:2972';
const mostWaiting = 1000;
const response = 'current_application_response';

interface Current {
  readonly request: ApplicationRequest;
  readonly end: () => void;
  loopsLeft: number;
  running: Running | undefined;
}

export class ApplicationQueue {
  readonly #host: ApplicationHost;
  readonly #waiting: ApplicationRequest[] = [];
  #current: Current | undefined;
  #isScheduled = false;
  #isClosed = false;

  constructor(host: ApplicationHost) {
    this.#host = host;
  }

  get isIdle(): boolean {
    return this.#current === undefined && this.#waiting.length === 0;
  }

  /** Runs it after those before it; never before this has returned. */
  push(request: ApplicationRequest): void {
    if (this.#isClosed || this.#waiting.length >= mostWaiting) {
      request.onDone?.();
      return;
    }
    this.#waiting.push(request);
    this.#schedule();
  }

  /** Ends the application that runs; with `isAll` those that wait are forgotten too. */
  break(isAll: boolean): void {
    if (isAll) for (const request of this.#waiting.splice(0)) request.onDone?.();
    this.#current?.running?.stop('break');
  }

  /** The channel is gone: what runs ends, what waits never runs. */
  close(): void {
    this.#isClosed = true;
    const waiting = this.#waiting.splice(0);
    const current = this.#current;
    current?.running?.stop('hangup');
    if (current !== undefined && this.#current === current) this.#finish(current, undefined);
    for (const request of waiting) request.onDone?.();
  }

  /** Nothing runs any more, and nobody is told. */
  abandon(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    const running = this.#current?.running;
    this.#current = undefined;
    running?.stop('hangup');
  }

  /** Tells of an application that runs outside the queue, such as `socket`. @returns what tells of its end */
  announce(name: string, data: string, uuid = randomUuid()): () => void {
    const host = this.#host;
    const headers: readonly EventHeader[] = [
      ['Application', name],
      ...(data === '' ? [] : [['Application-Data', data] as const]),
    ];
    host.setVariable('current_application', name);
    host.setVariable('current_application_data', data === '' ? undefined : data);
    host.setVariable(response, undefined);
    host.fire('CHANNEL_EXECUTE', startOrigin, [...headers, ['Application-UUID', uuid]]);
    host.setVariable('current_application', name);
    return () =>
      host.fire('CHANNEL_EXECUTE_COMPLETE', endOrigin, [
        ...headers,
        ['Application-Response', host.getVariable(response) ?? '_none_'],
        ['Application-UUID', uuid],
      ]);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#startNext();
    });
  }

  #startNext(): void {
    if (this.#current !== undefined || this.#isClosed) return;
    const request = this.#waiting.shift();
    if (request === undefined) return;
    this.#start(request, Math.max(1, request.loops ?? 1), 1);
  }

  #start(request: ApplicationRequest, loopsLeft: number, loop: number): void {
    const start = this.#host.find(request.name);
    if (start === undefined) {
      request.onDone?.();
      this.#after();
      return;
    }
    this.#host.setVariable('current_loop', String(loop));
    this.#host.setVariable('total_loops', String(Math.max(1, request.loops ?? 1)));
    const data = this.#expand(request.data);
    const end = this.announce(request.name, data, request.uuid);
    const current: Current = { request, end, loopsLeft: loopsLeft - 1, running: undefined };
    this.#current = current;
    const running = start(data, (text) => this.#finish(current, text));
    if (this.#current === current) current.running = running;
  }

  #finish(current: Current, text: string | undefined): void {
    if (this.#current !== current) return;
    this.#current = undefined;
    if (text !== undefined) this.#host.setVariable(response, text);
    current.end();
    this.#host.setVariable('current_loop', undefined);
    this.#host.setVariable('total_loops', undefined);
    const { request, loopsLeft } = current;
    if (loopsLeft > 0 && !this.#isClosed) {
      this.#start(request, loopsLeft, (request.loops ?? 1) - loopsLeft + 1);
      return;
    }
    request.onDone?.();
    this.#after();
  }

  #after(): void {
    if (this.#isClosed) return;
    if (this.isIdle) this.#host.onIdle();
    else this.#schedule();
  }

  /** `${name}` is the value of a channel variable. */
  #expand(data: string): string {
    return data.replace(/\$\{([^{}]+)\}/g, (_, name: string) => this.#host.getVariable(name) ?? '');
  }
}
