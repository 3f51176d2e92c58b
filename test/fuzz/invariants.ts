// What must hold when a world has come to rest, whatever has happened in it.
import type { SipMessage } from '../../src/sip/index.js';
import type { Passed, World } from './world.js';

/** A server transaction that is over absorbs copies of its request for some time; a copy that is later is a new request. */
const MEMORY_MS = 4000;
/** Messages that one message, or one command of the application, may cause: retransmissions over 64*T1 to several sides. */
const MESSAGES_FOR_ONE = 40;

/** Notes in the world what does not hold. */
export function checkWorld(world: World): void {
  const { engine, faults } = world;
  const open = {
    transactions: engine.openTransactions,
    dialogs: engine.openDialogs,
    proxies: engine.openProxies,
    exchanges: engine.openExchanges,
  };
  for (const [what, count] of Object.entries(open))
    if (count !== 0) faults.push(`${count} ${what} left open`);
  if (world.clock.running.length > 0) faults.push(`timers left: ${world.clock.running.slice(0, 9).join()}`);
  checkFinals(world);
  checkAmount(world);
}

function keyOf(message: SipMessage, peer: string): string {
  const via = message.topVia();
  // A CANCEL from elsewhere is one of its own.
  if (message.method === 'CANCEL') return `CANCEL ${peer} ${via?.branch ?? ''}`;
  return `${message.method} ${via?.host ?? ''} ${via?.branch ?? ''}`;
}

/** Forwarded by its Route without state: the answer is the other end's. */
function isForwarded(message: SipMessage): boolean {
  return message.has('route') && message.to()?.tag !== undefined;
}

/** Scanners get no answer. */
const scanner = /^User-Agent: *(?:friendly-scanner|sipvicious|sipcli|pplsip)/im;

function checkFinals(world: World): void {
  const requests = new Map<string, Passed[]>();
  const finals = new Map<string, Passed[]>();
  for (const one of world.passed) {
    const { message } = one;
    if (message === undefined) continue;
    const isRequest =
      one.isToEngine &&
      message.isRequest &&
      message.method !== 'ACK' &&
      !isForwarded(message) &&
      !scanner.test(one.text);
    const isFinal = !one.isToEngine && message.statusCode >= 200;
    const into = isRequest ? requests : isFinal ? finals : undefined;
    if (into === undefined) continue;
    const key = keyOf(message, one.peer);
    const list = into.get(key) ?? [];
    list.push(one);
    into.set(key, list);
  }
  for (const [key, asked] of requests) {
    const answers = finals.get(key) ?? [];
    if (answers.length === 0) world.faults.push(`no final response to ${key}`);
    else checkOne(world, key, asked, answers);
  }
}

/** One final response, and copies of it; of an INVITE as many 2xx as there are ends that answered (RFC 3261 16.7). */
function checkOne(world: World, key: string, asked: readonly Passed[], answers: readonly Passed[]): void {
  // Over TCP nothing is repeated, so that a transaction is forgotten at once (17.2.2): a copy is a new request.
  if (asked.some(({ peer }) => world.protocolOf(peer) === 'tcp')) return;
  const last = asked.at(-1)?.at ?? 0;
  if (last > (answers[0]?.at ?? 0) + MEMORY_MS) return;
  // Requests with the same branch and different content are different transactions to nobody but their author.
  if (new Set(asked.map(({ text }) => text)).size > 1) return;
  const different = new Set(
    answers.map(({ message }) => `${message?.statusCode ?? 0} ${message?.to()?.tag ?? ''}`),
  );
  const statuses = [...different];
  const areAll2xx = statuses.every((one) => one.startsWith('2'));
  if (statuses.length > 1 && !(key.startsWith('INVITE') && areAll2xx)) {
    world.faults.push(`${statuses.length} final responses to ${key}: ${statuses.join(', ')}`);
  }
}

function checkAmount(world: World): void {
  const sent = world.passed.filter(({ isToEngine }) => !isToEngine).length;
  const received = world.passed.length - sent;
  const bound = MESSAGES_FOR_ONE * (received + 4);
  if (sent > bound) world.faults.push(`${sent} messages out for ${received} in`);
}
