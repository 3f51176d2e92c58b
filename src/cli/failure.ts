// How a command that cannot go on says so: one line for what a person can mend, the stack only for what nobody foresaw.
import { formatProblem, SettingsError } from '../config/index.js';
import { AppError, errorMessage } from '../kernel/index.js';

/** The lines for standard error. */
export function failureLines(error: unknown): readonly string[] {
  if (error instanceof SettingsError) return error.problems.map((problem) => formatProblem(problem));
  if (error instanceof AppError) return [`proffer: ${error.message}`];
  if (error instanceof Error && error.stack !== undefined)
    return [`proffer: unexpected error: ${error.stack}`];
  return [`proffer: ${errorMessage(error)}`];
}
