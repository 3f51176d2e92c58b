// Takes an edit back, or over onto a newer text: a merge of two texts that come from one, by lines.
import { diffArrays } from 'diff';

interface Hunk {
  /** Lines of the common text that are replaced: from `at`, `count` of them. */
  readonly at: number;
  readonly count: number;
  readonly lines: readonly string[];
}

export type MergeResult =
  | { readonly kind: 'merged'; readonly text: string }
  /** From 1, of the common text: where both changed the same lines, or lines beside each other. */
  | { readonly kind: 'conflict'; readonly line: number };

/** `theirs` with what changed from `base` to `ours`. */
export function mergeTexts(base: string, ours: string, theirs: string): MergeResult {
  const [mine, other] = [hunksOf(base, ours), hunksOf(base, theirs)];
  const clash = mine.find((a) => other.some((b) => a.at <= b.at + b.count && b.at <= a.at + a.count));
  if (clash !== undefined) return { kind: 'conflict', line: clash.at + 1 };
  const lines = linesOf(base);
  for (const { at, count, lines: by } of [...mine, ...other].sort((a, b) => b.at - a.at)) {
    lines.splice(at, count, ...by);
  }
  return { kind: 'merged', text: lines.join('') };
}

function hunksOf(before: string, after: string): readonly Hunk[] {
  const hunks: { at: number; count: number; lines: string[] }[] = [];
  let at = 0;
  let open: (typeof hunks)[number] | undefined;
  for (const { added, removed, value } of diffArrays(linesOf(before), linesOf(after))) {
    if (!added && !removed) {
      at += value.length;
      open = undefined;
      continue;
    }
    if (open === undefined) hunks.push((open = { at, count: 0, lines: [] }));
    if (removed) {
      open.count += value.length;
      at += value.length;
    } else open.lines.push(...value);
  }
  return hunks;
}

/** Each with its newline. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}
