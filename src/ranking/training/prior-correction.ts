// Training data that was sampled to another rate of takers than there is in the population.
import { AppError } from '../../kernel/index.js';

/**
 * What is added to the logits of a model trained at `sampleRate` so that they are right at `populationRate`:
 *
 *   -ln( (1 - populationRate) / populationRate  x  sampleRate / (1 - sampleRate) )
 *
 * King and Zeng 2001, "Logistic regression in rare events data", formula 7; the same as Saerens, Latinne and Decaestecker 2002,
 * formula 2.4, for two classes. Coefficients stay: sampling by the label does not move them.
 */
export function priorShift(sampleRate: number, populationRate: number): number {
  for (const rate of [sampleRate, populationRate]) {
    if (!(rate > 0 && rate < 1))
      throw new AppError('TRAINING_RATE', `a rate of ${rate} is not between 0 and 1`);
  }
  return -Math.log(((1 - populationRate) / populationRate) * (sampleRate / (1 - sampleRate)));
}
