// proffer centres apply: the plan of each centre, carried out and read again.
import { Presets, SingleBar } from 'cli-progress';
import { applyPlan, LedgerFile, planChanges } from '../freeswitch/index.js';
import type { ApplyOutcome, CentrePlan, SwitchCommands } from '../freeswitch/index.js';
import { AppError, errorMessage } from '../kernel/index.js';
import { failure, print, printJson, tellFailure } from './centres-output.js';
import { outcomeLines, planLines } from './centres-plan-text.js';
import { chosenCentres, isFailed, orFailed, readCentre, withCentre } from './centres-session.js';
import type { CentresContext, CentreTarget, CentreView, FailedCentre } from './centres-session.js';

interface Applied {
  readonly view: CentreView;
  readonly outcome: ApplyOutcome;
  /** Changes still asked for afterwards; undefined when that could not be read. */
  readonly left: number | undefined;
}

/** Sets `process.exitCode`. @throws CentreArgumentError */
export async function applyCentres(
  context: CentresContext,
  ids: readonly string[],
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const results: (Applied | FailedCentre)[] = [];
  for (const target of chosenCentres(context.settings, ids)) {
    if (!json && results.length > 0) print(['']);
    const result = await applyOne(context, target, json);
    if (!json) tell(result);
    results.push(result);
  }
  if (json) printJson({ centres: results.map((one) => (isFailed(one) ? failure(one) : appliedJson(one))) });
  process.exitCode = results.every((one) => !isFailed(one) && one.left === 0) ? 0 : 1;
}

/** Locked before it is read: what another process added until then is in the ledger. */
async function applyOne(
  context: CentresContext,
  target: CentreTarget,
  isQuiet: boolean,
): Promise<Applied | FailedCentre> {
  const { centre } = target.centre;
  return orFailed(centre, async () => {
    const ledger = new LedgerFile(context.dataDir, centre);
    const release = ledger.lock();
    try {
      return await withCentre(context, target, async (view, commands) => {
        if (!isQuiet) print(planLines(view.plan, view.address));
        const bar = isQuiet ? undefined : progressBar(view.plan);
        const outcome = await applyPlan(view.plan, view.desired, {
          commands,
          ledger,
          tell: (done) => bar?.update(done),
        });
        bar?.stop();
        return { view, outcome, left: await changesLeft(context, view, commands) };
      });
    } finally {
      release();
    }
  });
}

async function changesLeft(
  context: CentresContext,
  { desired }: CentreView,
  commands: SwitchCommands,
): Promise<number | undefined> {
  try {
    return planChanges((await readCentre(context, desired, commands)).plan.steps).length;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function progressBar({ centre, steps }: CentrePlan): SingleBar | undefined {
  if (!process.stderr.isTTY || steps.length === 0) return undefined;
  const bar = new SingleBar(
    {
      format: `${centre} [{bar}] {value} of {total} steps`,
      stream: process.stderr,
      clearOnComplete: true,
      barsize: 30,
    },
    Presets.shades_classic,
  );
  bar.start(steps.length, 0);
  return bar;
}

function tell(result: Applied | FailedCentre): void {
  if (isFailed(result)) tellFailure(result);
  else if (result.view.plan.steps.length > 0) {
    print(outcomeLines(result.view.centre, result.outcome, result.left));
  }
}

function appliedJson({ view, outcome, left }: Applied): object {
  const { done, refused, skipped, stopped } = outcome;
  const end =
    stopped === undefined ? {} : { stopped: { step: stopped.step, said: errorMessage(stopped.error) } };
  const { centre, address, plan } = view;
  return { centre, ok: left === 0, address, done, refused, skipped, ...end, left, notes: plan.notes };
}
