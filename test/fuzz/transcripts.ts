// Transcripts of a real drachtio-server played against our engine with faults on the way: a step that cannot be taken any more,
// because what it answers did not come, is taken all the same, as a deaf peer would.
import type { Server, Socket } from 'node:net';
import { kindOf } from '../integration/control-transcript.js';
import type { TranscriptStep } from '../integration/control-transcript.js';
import { Random } from '../support/random.js';
import { randomFaults } from './faults.js';
import { checkWorld } from './invariants.js';
import { World } from './world.js';

const uuid = /[\da-f]{8}-[\da-f-]{27}/g;

/** What stands in the transcript, and what stands for it in this run. */
class Substitutes {
  readonly #pairs = new Map<string, string>();

  learn(recorded: string | undefined, ours: string | undefined): void {
    if (recorded !== undefined && ours !== undefined && recorded !== '') this.#pairs.set(recorded, ours);
  }

  /** What changes from run to run in a message. */
  learnMessage(recorded: string, ours: string): void {
    for (const pattern of [
      /^call-id *: *(\S+)/im,
      /^from *:.*;tag=([^;\s]+)/im,
      /^to *:.*;tag=([^;\s]+)/im,
      /branch=([^;,\s]+)/i,
      /^cseq *: *(\d{4,}) /im,
      /^record-route *: *(\S+)/im,
      /^rseq *: *(\d{3,})/im,
    ]) {
      this.learn(pattern.exec(recorded)?.[1], pattern.exec(ours)?.[1]);
    }
  }

  apply(text: string): string {
    let result = text;
    for (const [recorded, ours] of this.#pairs) result = result.replaceAll(recorded, ours);
    return result;
  }
}

const leaderOf = (payload: string): string => payload.split('\r\n', 1)[0] ?? '';
const messageOf = (payload: string): string => payload.slice(leaderOf(payload).length + 2);

/** Frames by which the application introduces itself: sent once, in our own words. */
const introductions: ReadonlySet<string> = new Set(['authenticate', 'route', 'ping', 'remove_route']);

class Player {
  readonly #world: World;
  readonly #substitutes = new Substitutes();
  readonly #addresses = new Map<string, string>();
  readonly #frames: string[] = [];
  #socket: Socket | undefined;
  /** What the engine sent and no step was about. */
  #seen = new Set<number>();

  constructor(world: World) {
    this.#world = world;
    this.#substitutes.learn('127.0.0.1:5060', '10.0.0.1:5060');
  }

  listen(server: Server): void {
    server.once('connection', (socket: Socket) => {
      this.#socket = socket;
      let buffer = '';
      socket.on('data', (data: Buffer) => {
        buffer += data.toString('latin1');
        for (;;) {
          const hash = buffer.indexOf('#');
          const length = Number(buffer.slice(0, hash));
          if (hash === -1 || buffer.length < hash + 1 + length) return;
          this.#frames.push(buffer.slice(hash + 1, hash + 1 + length));
          buffer = buffer.slice(hash + 1 + length);
        }
      });
      setImmediate(() => this.#write('1|authenticate|s|'));
    });
  }

  name(steps: readonly TranscriptStep[]): void {
    for (const step of steps) {
      if (!('peer' in step) || this.#addresses.has(step.peer)) continue;
      const address = `10.0.0.${2 + this.#addresses.size}`;
      this.#addresses.set(step.peer, address);
      this.#world.addPeer(address, { receive: () => undefined }, step.protocol === 'tcp' ? 'tcp' : 'udp');
      this.#substitutes.learn(`127.0.0.1:${step.peer}`, `${address}:5060`);
    }
  }

  take(step: TranscriptStep): void {
    switch (step.kind) {
      case 'disconnect':
        this.#world.loseApplication();
        return;
      case 'command': {
        if (introductions.has(step.text.split('|')[1] ?? '')) return;
        const message = messageOf(step.text);
        const text = this.#substitutes.apply(step.text);
        this.#write(message === '' ? text : `${leaderOf(text)}\r\n${whole(messageOf(text))}`);
        return;
      }
      case 'to-engine':
        this.#world.send(this.#addresses.get(step.peer) ?? '', whole(this.#substitutes.apply(step.text)));
        return;
      case 'from-engine':
        this.#learnSip(step.peer, step.text);
        return;
      case 'frame':
        this.#learnFrame(step.text);
        return;
      case 'connect':
      case 'accept':
        return;
    }
  }

  #learnSip(peer: string, recorded: string): void {
    const address = this.#addresses.get(peer);
    const at = this.#world.passed.findIndex(
      (one, index) =>
        !one.isToEngine &&
        one.peer === address &&
        !this.#seen.has(index) &&
        kindOf(one.text) === kindOf(recorded),
    );
    const ours = this.#world.passed[at];
    if (ours === undefined) return;
    this.#seen.add(at);
    this.#substitutes.learnMessage(recorded, ours.text);
  }

  #learnFrame(recorded: string): void {
    const kind = kindOfFrame(recorded);
    const at = this.#frames.findIndex((payload) => kindOfFrame(payload) === kind);
    const ours = this.#frames.splice(at, at === -1 ? 0 : 1)[0];
    if (ours === undefined) return;
    const mine = leaderOf(ours).match(uuid) ?? [];
    for (const [index, id] of (leaderOf(recorded).match(uuid) ?? []).entries()) {
      this.#substitutes.learn(id, mine[index]);
    }
    this.#substitutes.learnMessage(messageOf(recorded), messageOf(ours));
  }

  #write(payload: string): void {
    if (this.#socket?.destroyed === false) this.#socket.write(`${payload.length}#${payload}`);
  }
}

/** With the line ends of a body, and without what only the real server adds. */
function whole(message: string): string {
  const [head = '', ...rest] = message.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n').replace(/(\r\n)+$/, '');
  const content = body === '' ? '' : `${body}\r\n`;
  return `${head
    .replaceAll(/;rport=\d+/g, '')
    .replace(/^(content-length *: *)\d+/im, `$1${content.length}`)}\r\n\r\n${content}`;
}

function kindOfFrame(payload: string): string {
  const tokens = leaderOf(payload).split('|');
  const about = kindOf(messageOf(payload));
  return tokens[1] === 'response' ? `${tokens[2] ?? ''} ${about}` : `${tokens[1] ?? ''} ${about}`;
}

/** Plays the steps, with faults on a share of the messages. */
export async function playTranscript(
  steps: readonly TranscriptStep[],
  seed: number,
  share: number,
): Promise<World> {
  const world = new World(seed, randomFaults(new Random(seed + 2), share));
  const player = new Player(world);
  player.name(steps);
  await world.start((server) => player.listen(server));
  await world.settle();
  for (const step of steps) {
    const isAct = step.kind === 'command' || step.kind === 'to-engine';
    if (isAct) await world.run(world.clock.now() + world.random.of([5, 50, 300, 2000]));
    world.guard(() => player.take(step));
    if (isAct) await world.run(world.clock.now() + 3);
    await world.settle();
  }
  await world.run();
  checkWorld(world);
  return world;
}
