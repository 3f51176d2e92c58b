// Words of an API command as FreeSWITCH cuts them (switch_utils.c, switch_separate_string).

/** At most `max` words, the last with all that is left; `'` keeps blanks together, `\` takes the next character as it is. */
export function splitArguments(text: string, max = 8): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length && words.length < max) {
    while (text[at] === ' ') at += 1;
    if (at >= text.length) break;
    if (words.length === max - 1) {
      words.push(text.slice(at).trimEnd());
      break;
    }
    const [word, next] = readWord(text, at);
    words.push(word);
    at = next;
  }
  return words;
}

function readWord(text: string, from: number): readonly [word: string, next: number] {
  let word = '';
  let isQuoted = false;
  let at = from;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\' && at + 1 < text.length) {
      at += 1;
      word += text[at] ?? '';
    } else if (character === "'") {
      isQuoted = !isQuoted;
    } else if (character === ' ' && !isQuoted) {
      break;
    } else {
      word += character;
    }
  }
  return [word, at];
}
