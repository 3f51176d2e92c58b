// proffer rank --customer: what a run thinks of one customer, now or when a generation was published.
import { explainCustomer, rankedBefore, RunDirectory, Stages } from '../ranking/index.js';
import type { KeptRanking, CustomerExplanation } from '../ranking/index.js';
import { keptRankingText, explanationText } from './rank-customer-text.js';
import type { RankOptions } from './rank-options.js';
import { NoRankingError, withRanking } from './rank-session.js';
import type { RankSession } from './rank-session.js';
import { RankProgress } from './rank-progress.js';

type CustomerOptions = RankOptions & { readonly customer: string };

/** Sets `process.exitCode`: 1 when no partner has the customer. @throws what preparing a run throws; NoRankingError */
export async function rankCustomer(named: readonly string[], options: CustomerOptions): Promise<void> {
  await withRanking(named, options, async (session) => {
    const { generation, customer } = options;
    const found =
      generation === undefined
        ? await now(session, options)
        : await before(session, { generation, customer });
    if (options.json === true)
      process.stdout.write(`${JSON.stringify({ found: found.map((one) => one.data) }, null, 2)}\n`);
    else if (found.length > 0) process.stdout.write(`${found.map((one) => one.text).join('\n\n')}\n`);
    else
      process.stderr.write(`no customer ${customer} among the customers of ${session.partners.join(', ')}\n`);
    process.exitCode = found.length > 0 ? 0 : 1;
  });
}

interface Found {
  readonly data: CustomerExplanation | KeptRanking;
  readonly text: string;
}

async function now(session: RankSession, options: CustomerOptions): Promise<readonly Found[]> {
  const found: Found[] = [];
  const progress = new RankProgress();
  try {
    for (const partner of session.partners) {
      const data = await explainCustomer({
        ...session,
        partner,
        customer: options.customer,
        at: options.at ?? Date.now(),
        directory: session.workDirectory,
        stages: new Stages(partner, (one) => progress.tell(one)),
      });
      if (data !== undefined) found.push({ data, text: explanationText(data) });
    }
  } finally {
    progress.stop();
  }
  return found;
}

async function before(
  { partners, environment, database }: RankSession,
  options: { readonly generation: number; readonly customer: string },
): Promise<readonly Found[]> {
  const { generation, customer } = options;
  const found: Found[] = [];
  let isKept = false;
  for (const partner of partners) {
    const run = new RunDirectory(environment.dataDir, partner).published(generation);
    if (run === undefined) continue;
    isKept = true;
    const data = await rankedBefore(database, run, customer);
    if (data !== undefined) found.push({ data, text: keptRankingText(partner, data) });
  }
  if (!isKept) {
    throw new NoRankingError(
      `no run that was published as generation ${generation} is kept (run.keepRuns); proffer generations list names runs`,
    );
  }
  return found;
}
