// Rules and formulas of all rankings against the columns that are declared: what a run would refuse, before there is any data.
import { tmpdir } from 'node:os';
import type { Settings } from '../../config/index.js';
import { RankingDatabase } from '../database.js';
import { RuleError } from '../errors.js';
import type { LogisticModel } from '../model/logistic-model.js';
import { compilePlan } from './compile-plan.js';

/** What is wrong with one place of ranking.yaml. */
export interface RuleProblem {
  /** Such as `rankings[0].offers[2].eligibility.rule`. */
  readonly place: string;
  readonly problem: string;
}

const MEMORY_MB = 128;
/** Models need not have been trained for their offers to be checked. */
const untrained: LogisticModel = { intercept: 0, features: [], calibration: { slope: 1, intercept: 0 } };

/** @throws RankingEngineError when DuckDB cannot start */
export async function checkRules(settings: Settings, at: number): Promise<readonly RuleProblem[]> {
  if (settings.ranking.rankings.length === 0) return [];
  const problems: RuleProblem[] = [];
  const add = ({ fields }: RuleError): void => {
    problems.push({ place: String(fields['place']), problem: String(fields['problem']) });
  };
  const database = await RankingDatabase.open({ threads: 1, memoryLimitMb: MEMORY_MB, directory: tmpdir() });
  try {
    for (const { partner } of settings.ranking.rankings) {
      try {
        await compilePlan(partner, { database, settings, at, models: () => untrained, onProblem: add });
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        add(error);
      }
    }
  } finally {
    database.close();
  }
  return problems;
}
