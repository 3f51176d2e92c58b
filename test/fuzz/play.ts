// One run: a flow, its faults, the clock until nothing waits for it, and what must hold then.
import { Srf } from '../integration/control-support.js';
import { Random } from '../support/random.js';
import { appManners, flows } from './call-flows.js';
import type { AppManner, Flow } from './call-flows.js';
import { randomFaults } from './faults.js';
import { checkWorld } from './invariants.js';
import { World } from './world.js';
import type { Faults } from './world.js';

export interface Run {
  readonly seed: number;
  readonly flow: string;
  readonly app: AppManner;
  readonly world: World;
  /** What did not hold, in words; empty: all did. */
  readonly faults: readonly string[];
}

export interface RunOptions {
  readonly flow?: Flow;
  readonly app?: AppManner;
  readonly faults?: Faults;
  /** Called when everything is set up. */
  readonly meddle?: (world: World) => void;
}

/** Everything is drawn from the seed, but for what is given. */
export async function play(seed: number, options: RunOptions = {}): Promise<Run> {
  const random = new Random(seed);
  const flow = options.flow ?? random.of(flows);
  const app = options.app ?? (random.isIn(0.5) ? 'right' : random.of(appManners));
  const share = random.of([0, 0.05, 0.15, 0.4]);
  const world = new World(seed + 1, options.faults ?? randomFaults(new Random(seed + 2), share));
  const srf = new Srf();
  srf.on('error', () => undefined);
  flow.play({ world, srf, random, app });
  const rejections = (error: unknown): void => {
    world.faults.push(`unhandled rejection: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  };
  process.on('unhandledRejection', rejections);
  try {
    await world.start((server) => srf.listen({ server, secret: 's' }));
    options.meddle?.(world);
    await world.run();
    await world.settle();
  } finally {
    process.off('unhandledRejection', rejections);
  }
  checkWorld(world);
  return { seed, flow: flow.name, app, world, faults: world.faults };
}
