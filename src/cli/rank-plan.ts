// proffer rank --plan: the SQL that a run would execute.
import { compilePlan, planText } from '../ranking/index.js';
import type { RankOptions } from './rank-options.js';
import { withRanking } from './rank-session.js';

/** @throws SettingsError, NoRankingError, RuleError, ModelError */
export async function printPlan(named: readonly string[], options: RankOptions): Promise<void> {
  await withRanking(named, options, async (session) => {
    const plans: { readonly partner: string; readonly sql: string }[] = [];
    for (const partner of session.partners) {
      const plan = await compilePlan(partner, { ...session, at: options.at ?? Date.now() });
      const ranking = session.settings.ranking.rankings.find((one) => one.partner === partner);
      if (ranking !== undefined) plans.push({ partner, sql: planText(plan, ranking) });
    }
    if (options.json === true) process.stdout.write(`${JSON.stringify({ plans }, null, 2)}\n`);
    else process.stdout.write(`${plans.map((one) => one.sql).join('\n\n')}\n`);
  });
}
