// What every `proffer centres` command begins with: the centres that are asked for, each connected to, read and planned.
import type { DerivedQueue } from '../callcenter/index.js';
import { didYouMean } from '../config/index.js';
import type { Centre, EventSocketSettings, Settings } from '../config/index.js';
import { desiredCentre, LedgerFile, planCentre, readActualCentre } from '../freeswitch/index.js';
import type {
  ActualCentre,
  CentrePlan,
  DesiredCentre,
  Ledger,
  SwitchAddress,
  SwitchCommands,
  SwitchConnection,
} from '../freeswitch/index.js';
import { AppError, errorMessage } from '../kernel/index.js';

/** @throws AppError that names what is wrong and the fix */
export type ConnectSwitch = (address: SwitchAddress) => Promise<SwitchConnection>;

export interface CentresContext {
  readonly settings: Settings;
  /** Of all centres. */
  readonly derivedQueues: readonly DerivedQueue[];
  readonly dataDir: string;
  readonly password: string;
  readonly connect: ConnectSwitch;
  /** The day on which skills are looked at, as `2026-12-31`. */
  readonly date: string;
}

/** A centre that was read. */
export interface CentreView {
  readonly centre: string;
  /** Such as `10.0.0.5:8021`. */
  readonly address: string;
  readonly desired: DesiredCentre;
  readonly actual: ActualCentre;
  readonly ledger: Ledger;
  readonly plan: CentrePlan;
}

/** A centre of which nothing more can be said than why. */
export interface FailedCentre {
  readonly centre: string;
  readonly problem: string;
}

/** A centre as it is asked for, and how to reach it. */
export interface CentreTarget {
  readonly centre: Centre;
  readonly eventSocket: EventSocketSettings;
}

/** Thrown for a centre on the command line that cannot be provisioned. */
export class CentreArgumentError extends AppError {
  constructor(message: string) {
    super('CENTRE_ARGUMENT', message);
  }
}

/** The centre with this id. @throws CentreArgumentError */
export function centreNamed(settings: Settings, id: string): Centre {
  const { centres } = settings.centres;
  const found = centres.find((one) => one.centre === id);
  if (found !== undefined) return found;
  const ids = centres.map((one) => one.centre);
  throw new CentreArgumentError(`${JSON.stringify(id)} is no centre of centres.yaml${didYouMean(id, ids)}`);
}

/**
 * The centres that are named; without names every one that has an event socket.
 * @throws CentreArgumentError when one is unknown or has none, or when there is no centre to speak to
 */
export function chosenCentres(settings: Settings, ids: readonly string[]): readonly CentreTarget[] {
  const named = [...new Set(ids)].map((id) => centreNamed(settings, id));
  const without = named.find((one) => one.eventSocket === undefined);
  if (without !== undefined) {
    throw new CentreArgumentError(
      `${without.centre} has no eventSocket in centres.yaml, so nothing can be asked of it or changed there`,
    );
  }
  const chosen = (named.length > 0 ? named : settings.centres.centres).flatMap((centre) =>
    centre.eventSocket === undefined ? [] : [{ centre, eventSocket: centre.eventSocket }],
  );
  if (chosen.length > 0) return chosen;
  throw new CentreArgumentError('no centre has an eventSocket in centres.yaml, so there is none to speak to');
}

/**
 * Connects to a centre, reads it and has `work` done with it; the connection is closed whatever happens.
 * @returns what went wrong in place of what `work` returns
 */
export async function withCentre<T>(
  context: CentresContext,
  { centre, eventSocket }: CentreTarget,
  work: (view: CentreView, commands: SwitchCommands) => Promise<T> | T,
): Promise<T | FailedCentre> {
  return orFailed(centre.centre, async () => {
    const { port, host = centre.host } = eventSocket;
    const desired = desiredCentre(centre, context.derivedQueues, context.date);
    const connection = await context.connect({ host, port, password: context.password });
    try {
      const view = await readCentre(context, desired, connection);
      return await work({ address: `${host}:${port}`, ...view }, connection);
    } finally {
      connection.close();
    }
  });
}

/** What an AppError says, as a value: the other centres go on. */
export async function orFailed<T>(centre: string, work: () => Promise<T>): Promise<T | FailedCentre> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { centre, problem: errorMessage(error) };
  }
}

/** Reads and plans a centre. @throws ListAnswerError, LedgerError, and what the port throws */
export async function readCentre(
  { dataDir }: CentresContext,
  desired: DesiredCentre,
  commands: SwitchCommands,
): Promise<Omit<CentreView, 'address'>> {
  const ledger = new LedgerFile(dataDir, desired.centre).read();
  const actual = await readActualCentre(commands);
  return {
    centre: desired.centre,
    desired,
    actual,
    ledger,
    plan: planCentre(desired, actual, ledger),
  };
}

export function isFailed(result: object): result is FailedCentre {
  return 'problem' in result;
}
