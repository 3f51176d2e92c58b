// The last look at a generation before it is swapped in: some hundred of its records, read as a router reads them.
import { isDeepStrictEqual } from 'node:util';
import { isAccountKey } from './account-key.js';
import { answerOf } from './answers.js';
import { DamagedGenerationError } from './errors.js';
import type { StrategySink } from './port.js';
import { phoneOf } from './phone-key.js';
import type { StagedGeneration } from './staged-generation.js';

const SAMPLES = 300;

/**
 * Reads records spread over the whole generation back through the meta record that the store holds, and compares what they say
 * with what was staged. Returns how many.
 * @throws DamagedGenerationError
 */
export async function checkSample(sink: StrategySink, staged: StagedGeneration): Promise<number> {
  const { generation, phones } = staged;
  const count = Math.min(SAMPLES, phones.length);
  const positions = Array.from({ length: count }, (_, at) => Math.floor((at * phones.length) / count));
  const answers = await sink.answers(
    generation.generation,
    positions.map((position) => staged.phoneAt(position)),
  );
  for (const [at, position] of positions.entries()) {
    const answer = answers[at];
    if (isDeepStrictEqual(answer, answerOf(staged.recordAt(position), generation))) continue;
    const why = answer?.kind === 'failure' ? answer.reason : `a look-up gives ${answer?.kind ?? 'nothing'}`;
    // The end of a number alone: it is personal data.
    throw new DamagedGenerationError(
      generation.partner,
      generation.generation,
      `${why} for ${nameOf(staged.phoneAt(position))}`,
    );
  }
  return count;
}

function nameOf(number: number): string {
  return isAccountKey(number) ? 'the key of an account' : `the number ending in ${phoneOf(number).slice(-2)}`;
}
