// The SDP of an IVR port as the answer to what the caller offers again: a caller who puts us on hold gets the direction that
// RFC 3264 6.1 asks for, and everything else stays as it was.

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

type Direction = (typeof directions)[number];

const answers: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

export class HeldMedia {
  #sdp: string;
  #direction: Direction;

  /** @param sdp as it went to the caller first */
  constructor(sdp: string) {
    this.#sdp = sdp;
    this.#direction = directionOf(sdp);
  }

  get sdp(): string {
    return this.#sdp;
  }

  /** The answer to another offer of the caller. */
  answerTo(offer: string): string {
    const direction = answers[directionOf(offer)];
    if (direction !== this.#direction) {
      this.#direction = direction;
      this.#sdp = withDirection(this.#sdp, direction);
    }
    return this.#sdp;
  }
}

/** RFC 3264 5.1: sendrecv unless said otherwise. Of the last medium, and of the session when no medium says. */
function directionOf(sdp: string): Direction {
  const found = [...sdp.matchAll(/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/gm)].at(-1)?.[1];
  return directions.find((one) => one === found) ?? 'sendrecv';
}

function withDirection(sdp: string, direction: Direction): string {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '' && !/^a=(send|recv|inactive)/.test(line));
  const changed = lines.map((line) => {
    // RFC 3264 8: what has changed has the next version.
    const origin = /^(o=\S+ \S+ )(\d+)( .*)$/.exec(line);
    return origin === null ? line : `${origin[1] ?? ''}${BigInt(origin[2] ?? 0) + 1n}${origin[3] ?? ''}`;
  });
  return `${[...changed, `a=${direction}`].join('\r\n')}\r\n`;
}
