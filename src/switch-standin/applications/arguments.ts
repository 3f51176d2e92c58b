// Arguments of applications and API commands, as switch_separate_string cuts them.

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', s: ' ' };

/** Cut at blanks; `'...'` keeps blanks, a backslash escapes quotes, blanks and itself. The last of `most` has the rest. */
export function splitArguments(text: string, most = Infinity): readonly string[] {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== '' && words.length < most - 1) {
    const end = endOfWord(rest);
    words.push(cleaned(rest.slice(0, end)));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? words : [...words, cleaned(rest)];
}

function endOfWord(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (one === '\\') at += 1;
    else if (one === "'") isQuoted = !isQuoted;
    else if (one === ' ' && !isQuoted) return at;
  }
  return text.length;
}

function cleaned(word: string): string {
  const inner = /^'(.*)'$/s.exec(word)?.[1] ?? word;
  return inner.replace(/\\(['"\\ nrts])/g, (_, one: string) => escapes[one] ?? one);
}

/** Yes as FreeSWITCH understands it (switch_true). */
export function isTrue(text: string | undefined): boolean {
  return /^(yes|on|true|t|enabled|active|allow|[1-9]\d*)$/i.test(text ?? '');
}
