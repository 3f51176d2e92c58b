// Messages of somebody who has seen, or guessed, a part of a call, put between its own: the call must not notice.
import type { SipMessage } from '../../src/sip/index.js';
import { Random } from '../support/random.js';
import type { Flow } from './call-flows.js';
import { flows } from './call-flows.js';
import { strangersAddress } from './faults.js';
import { play } from './play.js';
import type { Run } from './play.js';
import type { Passed, World } from './world.js';

const forgedBranch = 'z9hG4bK-forged';

interface Forgery {
  readonly name: string;
  /** @param one a message that passed; undefined: nothing can be made of it */
  make(one: Passed, message: SipMessage, random: Random): { text: string; source: string } | undefined;
}

const inDialogMethods = ['BYE', 'INVITE', 'UPDATE', 'INFO', 'REFER', 'NOTIFY', 'ACK', 'PRACK'];

/** A request in the dialog of a message, from whoever is its other end; with one thing wrong. */
function inDialog(wrong: (message: SipMessage) => void, isFromStranger = false): Forgery['make'] {
  return (one, message, random) => {
    const toTag = message.to()?.tag;
    const fromTag = message.from()?.tag;
    if (toTag === undefined || fromTag === undefined) return undefined;
    const method = random.of(inDialogMethods);
    const forged = message.clone();
    const isFromPeer = message.isRequest === one.isToEngine;
    const from = forged.get(isFromPeer ? 'from' : 'to') ?? '';
    const to = forged.get(isFromPeer ? 'to' : 'from') ?? '';
    const lines = [
      `${method} sip:10.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP ${one.peer}:5060;branch=${forgedBranch}-${random.below(1e6)}`,
      'Max-Forwards: 70',
      `Call-ID: ${message.callId}`,
      `CSeq: ${(message.cseq()?.number ?? 0) + 1000} ${method}`,
      `Contact: <sip:evil@${strangersAddress}>`,
      'Content-Length: 0',
    ];
    forged.set('from', from);
    forged.set('to', to);
    wrong(forged);
    lines.push(`From: ${forged.get('from') ?? ''}`, `To: ${forged.get('to') ?? ''}`);
    const text = `${lines.join('\r\n')}\r\n\r\n`.replace(message.callId, forged.callId);
    return { text, source: isFromStranger ? strangersAddress : one.peer };
  };
}

function ofInvite(make: (invite: SipMessage) => SipMessage, isFromStranger: boolean): Forgery['make'] {
  return (one, message) => {
    // One that is forwarded by its Route is the other end's to judge.
    if (!one.isToEngine || message.method !== 'INVITE' || !message.isRequest || message.has('route'))
      return undefined;
    const cancel = make(message.clone());
    cancel.method = 'CANCEL';
    cancel.body = '';
    cancel.remove('content-type');
    cancel.set('cseq', `${message.cseq()?.number ?? 1} CANCEL`);
    return { text: cancel.toString(), source: isFromStranger ? strangersAddress : one.peer };
  };
}

function withTag(message: SipMessage, name: string): void {
  message.set(name, (message.get(name) ?? '').replace(/tag=[^;]+/, 'tag=forged'));
}

const forgeries: readonly Forgery[] = [
  { name: 'a request with another To tag', make: inDialog((one) => withTag(one, 'to')) },
  { name: 'a request with another From tag', make: inDialog((one) => withTag(one, 'from')) },
  { name: 'a request with another Call-ID', make: inDialog((one) => one.set('call-id', 'forged')) },
  { name: 'a request with the right tags from elsewhere', make: inDialog(() => undefined, true) },
  {
    name: 'a CANCEL of another branch',
    make: ofInvite((invite) => {
      invite.setTopVia((invite.get('via') ?? '').replace(/branch=[^;]+/, `branch=${forgedBranch}`));
      return invite;
    }, false),
  },
  { name: 'a CANCEL from elsewhere', make: ofInvite((invite) => invite, true) },
  {
    name: 'a response with another branch',
    make: (one, message) => {
      if (!one.isToEngine || message.isRequest) return undefined;
      const text = message.toString().replace(/branch=[^;\r\n]+/, `branch=${forgedBranch}`);
      // A 2xx that comes again gets its ACK again, by whatever branch.
      const status = message.method === 'INVITE' ? 486 : 200;
      return { text: text.replace(/^SIP\/2\.0 \d+/, `SIP/2.0 ${status}`), source: one.peer };
    },
  },
];

/** What everybody but the forger saw, and when. */
function storyOf(world: World): string[] {
  const seen = world.passed
    .filter(
      ({ isToEngine, peer, text }) =>
        !isToEngine && peer !== strangersAddress && !text.includes(forgedBranch),
    )
    .filter(({ text }) => !text.includes('forged'))
    .map(({ at, peer, text, message }) => {
      const [first = ''] = text.split(' SIP/2.0\r\n', 1);
      return `${at} ${peer} ${message?.isRequest === true ? message.method : first.slice(0, 40).split('\r\n', 1)[0]} ${message?.cseq()?.method ?? ''}`;
    });
  return [...seen, ...world.appEvents];
}

export interface Forged {
  readonly name: string;
  readonly flow: string;
  readonly seed: number;
  /** The first difference that the forgery made, or a fault; undefined: none. */
  readonly difference: string | undefined;
  readonly run: Run;
}

/** Plays a flow twice without faults, the second time with a forged message; undefined when there was nothing to forge. */
export async function forge(seed: number): Promise<Forged | undefined> {
  const random = new Random(seed);
  const flow: Flow = random.of(flows);
  const forgery = random.of(forgeries);
  const faults = (text: string): { text: string; delayMs: number }[] => [{ text, delayMs: 1 }];
  const base = await play(seed, { flow, app: 'right', faults });
  const makeable = base.world.passed.filter(
    (one) => one.message !== undefined && forgery.make(one, one.message, new Random(seed)) !== undefined,
  );
  if (makeable.length === 0) return undefined;
  const { at } = random.of(makeable);
  const delayMs = random.of([1, 20, 400, 3000]) + 0.5;
  const made: string[] = [];
  const meddle = (world: World): void => {
    world.clock.after(at + delayMs - world.clock.now(), 'forgery', () => {
      const candidates = world.passed.filter(({ message }) => message !== undefined);
      for (const one of candidates.reverse()) {
        const forged = one.message === undefined ? undefined : forgery.make(one, one.message, random);
        if (forged === undefined) continue;
        made.push(forged.text);
        world.deliver(forged.source, forged.text);
        return;
      }
    });
  };
  const run = await play(seed, { flow, app: 'right', faults, meddle });
  if (made.length === 0) return undefined;
  const expected = storyOf(base.world);
  const actual = storyOf(run.world);
  const at0 = expected.findIndex((line, index) => line !== actual[index]);
  const isSame = at0 === -1 && expected.length === actual.length;
  const difference = isSame
    ? run.faults[0]
    : `expected ${expected[at0 === -1 ? expected.length : at0] ?? 'nothing'}, saw ${actual[at0 === -1 ? expected.length : at0] ?? 'nothing'}`;
  return { name: forgery.name, flow: flow.name, seed, difference, run };
}
