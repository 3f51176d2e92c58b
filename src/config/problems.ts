// What is wrong with the settings: one value a problem, one line a problem.
import { AppError } from '../kernel/index.js';

/** One thing that is wrong with the settings. */
export interface SettingsProblem {
  /** The file as the user named it, such as `config/offers.yaml`; `environment` for a variable. */
  readonly file: string;
  /** From 1; 0 when the problem is not at a line (a file that is missing, a variable). */
  readonly line: number;
  /** From 1; 0 when the problem is not at a line. */
  readonly column: number;
  /** Such as `offers[2].presentations[0].destinations[1]`; empty when the problem is the whole file. */
  readonly field: string;
  /** What is there and what would be right. */
  readonly message: string;
}

/** The name that stands for a file in problems of environment variables. */
export const environmentFile = 'environment';

/** `config/offers.yaml:41: offers[2].value: -1 is not a number from 0 to 1000000` */
export function formatProblem(problem: SettingsProblem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}`;
  return problem.field === ''
    ? `${place}: ${problem.message}`
    : `${place}: ${problem.field}: ${problem.message}`;
}

/** By file, line and column; problems of one place keep the order they were found in. */
export function sortProblems(problems: readonly SettingsProblem[]): readonly SettingsProblem[] {
  return [...problems].sort((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  });
}

/** Thrown by `readEnvironment`, and by edges that cannot go on without settings; one line a problem. */
export class SettingsError extends AppError {
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super('SETTINGS_INVALID', problems.map(formatProblem).join('\n'), { fields: { problems } });
    this.problems = problems;
  }
}
