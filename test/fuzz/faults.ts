// What may happen to a message on its way: nothing, loss, copies, delay, overtaking, and copies that somebody has changed.
import type { Random } from '../support/random.js';
import type { Copy, Faults } from './world.js';

export const strangersAddress = '10.0.0.66';

const methods = [
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'UPDATE',
  'PRACK',
  'INFO',
  'NOTIFY',
  'REFER',
  'OPTIONS',
  'SUBSCRIBE',
];

type Change = (text: string, random: Random) => string;

/** Each makes a message wrong in one way. */
export const changes: Readonly<Record<string, Change>> = {
  branch: (text) => text.replace(/branch=[^;\r\n]+/, 'branch=z9hG4bK-of-nobody'),
  'from tag': (text) => text.replace(/^(From:.*;tag=)[^;\r\n]+/m, '$1wrong'),
  'to tag': (text) => text.replace(/^(To:.*;tag=)[^;\r\n]+/m, '$1wrong'),
  'to tag added': (text) => text.replace(/^(To: [^\r\n]*>)\r/m, '$1;tag=made-up\r'),
  'call-id': (text) => text.replace(/^Call-ID: /m, 'Call-ID: not-'),
  cseq: (text, random) =>
    text.replace(
      /^(CSeq: )\d+/m,
      (_all, name: string) => name + String(random.of([0, 1, 99, 4711, 2 ** 31 - 1])),
    ),
  method: (text, random) => {
    const method = random.of(methods);
    return text
      .replace(/^[A-Z]+ (sip:\S+ SIP\/2\.0)/, `${method} $1`)
      .replace(/^(CSeq: \d+) [A-Z]+/m, `$1 ${method}`);
  },
  'no contact': (text) => text.replace(/^Contact: [^\r\n]*\r\n/m, ''),
  'odd contact': (text) => text.replace(/^Contact: [^\r\n]*\r\n/m, 'Contact: <tel:+15550100>\r\n'),
  status: (text, random) =>
    text.replace(
      /^SIP\/2\.0 \d+/,
      () => `SIP/2.0 ${random.of([100, 180, 200, 302, 481, 487, 491, 503, 699])}`,
    ),
};

/** @param share of the messages that something happens to */
export function randomFaults(random: Random, share: number): Faults {
  return (text, isToEngine) => {
    if (!random.isIn(share)) return [{ text, delayMs: 1 }];
    switch (random.below(7)) {
      case 0:
        return [];
      case 1:
        return copies(text, random, 1 + random.below(3));
      case 2:
        return [{ text, delayMs: random.below(9000) }];
      case 3:
        return [{ text, delayMs: random.below(600) }];
      default:
        return isToEngine ? changed(text, random) : [];
    }
  };
}

function copies(text: string, random: Random, more: number): readonly Copy[] {
  const all: Copy[] = [{ text, delayMs: 1 }];
  for (let copy = 0; copy < more; copy += 1) all.push({ text, delayMs: random.below(4000) });
  return all;
}

/** One or two things are wrong with it; it comes beside the right one, or in its place. */
function changed(text: string, random: Random): readonly Copy[] {
  let wrong = text;
  const names = Object.keys(changes);
  const isStranger = random.isIn(0.3);
  if (!isStranger || random.isIn(0.5)) wrong = changes[random.of(names)]?.(wrong, random) ?? wrong;
  if (random.isIn(0.2)) wrong = changes[random.of(names)]?.(wrong, random) ?? wrong;
  const copy: Copy = {
    text: wrong,
    delayMs: 1 + random.below(2000),
    ...(isStranger ? { source: strangersAddress } : {}),
  };
  return random.isIn(0.5) ? [{ text, delayMs: 1 }, copy] : [copy];
}
