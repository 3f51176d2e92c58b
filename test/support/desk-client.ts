// The desk of somebody who is logged in, as the pages have it: their own live link over a real WebSocket, and every state that it showed.
import { WebSocket } from 'ws';
import type { DeskCall, DeskState } from '../../src/console/live/desk-state.js';
import { LiveLink } from '../../src/console/ui/src/app/live-link.js';
import { systemClock } from '../../src/kernel/index.js';
import type { Browser } from './access-stage.js';
import { waitUntil } from './child-process.js';

export class DeskClient {
  readonly link: LiveLink;
  /** `decisionId state`, of the first call of each live state, as long as it is another one than before. */
  readonly story: string[] = [];
  readonly browser: Browser;
  #socket: WebSocket | undefined;
  #hasNetwork = true;
  #onRefused = (): void => undefined;
  /** The router said 401. */
  readonly refused = new Promise<void>((resolve) => (this.#onRefused = resolve));

  constructor(browser: Browser) {
    this.browser = browser;
    const { url } = browser;
    this.link = new LiveLink({
      connect: (query, listener) => {
        const address = `${url.replace('http', 'ws')}/v1/live?${query}`;
        const headers = { cookie: browser.cookie ?? '', origin: url };
        const socket = new WebSocket(this.#hasNetwork ? address : 'ws://127.0.0.1:9', { headers });
        this.#socket = socket;
        socket.on('message', (data: Buffer) => listener.onMessage(data.toString()));
        socket.on('error', (error) => {
          if (error.message.includes('401')) this.#onRefused();
        });
        socket.on('close', (code) => listener.onClose(code));
        return {
          send: (text) => socket.send(text),
          close: () => socket.terminate(),
        };
      },
      clock: { now: () => Date.now(), after: (ms, name, fn) => systemClock.after(ms, name, fn) },
      random: Math.random,
    });
    this.link.listen(() => this.#note());
    this.link.use('desk');
  }

  /** What is shown now, and is live. */
  get state(): DeskState | undefined {
    const { data, isLive } = this.link.snapshot('desk');
    return isLive ? data : undefined;
  }

  async until(what: string, isSo: (state: DeskState) => boolean): Promise<DeskState> {
    await waitUntil(`${this.#name} desk: ${what}`, () => this.state !== undefined && isSo(this.state)).catch(
      (error: unknown) => {
        throw new Error(JSON.stringify(this.link.snapshot('desk')), { cause: error });
      },
    );
    return this.state as DeskState;
  }

  /** The first call, when it is so. */
  async call(what: string, isSo: (call: DeskCall) => boolean): Promise<DeskCall> {
    const { calls } = await this.until(what, ({ calls: [first] }) => first !== undefined && isSo(first));
    return calls[0] as DeskCall;
  }

  /** The network goes without a word, or is there again. */
  network(hasNetwork: boolean): void {
    this.#hasNetwork = hasNetwork;
    if (!hasNetwork) this.#socket?.terminate();
  }

  close(): void {
    this.link.stop();
  }

  get #name(): string {
    return this.browser.cookie?.slice(-4) ?? '';
  }

  #note(): void {
    const [call] = this.state?.calls ?? [];
    if (call === undefined) return;
    const icons = [call.sales && 'sales', call.service && 'service'].filter((one) => one !== undefined);
    const line = [call.state, ...icons].join(' ');
    if (this.story.at(-1) !== line) this.story.push(line);
  }
}
