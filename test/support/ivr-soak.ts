// Many short IVR calls through the real router: answered on a port, told, and hung up on; and what is left open afterwards.
import { readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from './child-process.js';
import { IvrStage } from './ivr-stage.js';
import { sumOf } from './metrics-text.js';
import type { SettingsDraft } from './router-settings.js';

export interface SoakReading {
  readonly calls: number;
  readonly failed: number;
  readonly routerPorts: number;
  readonly channels: number;
  readonly rtpPorts: number;
  /** Clients of the event sockets and outbound sockets, at both centres. */
  readonly sockets: number;
  readonly routerRssMegabytes: number;
  readonly routerFileDescriptors: number;
}

/** Programs with room for everybody, and a menu of a tone and nothing else. */
function shortMenu(draft: SettingsDraft): void {
  for (const centre of draft.centres.centres ?? []) {
    centre.ivrPools = [{ program: 'offer-ivr', ports: 100, holdingTimeSeconds: 5, costPerCall: 0.1 }];
  }
  draft.offers.menus = [
    {
      menu: 'listen-and-choose',
      start: 'offer',
      steps: [
        { step: 'offer', present: { prompts: ['tone:%(40,0,440)'] }, next: 'end' },
        { step: 'end', outcome: 'accepted', hangUp: true },
      ],
    },
  ];
}

export function openSoak(): Promise<IvrStage> {
  return IvrStage.open({ edit: shortMenu, openTimeoutMs: 5000, args: ['--quiet'] });
}

/** Places calls, so many at once; @returns how many were not answered or did not come to an end */
export async function placeCalls(stage: IvrStage, calls: number, atOnce: number): Promise<number> {
  let [left, failed] = [calls, 0];
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { channel, answered } = await stage.call('bridge');
      const over = new Promise<void>((resolve) => channel.onHangup(() => resolve()));
      if ((await answered) !== undefined) failed += 1;
      await over;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failed;
}

/** What is open once every call is over. */
export async function readSoak(stage: IvrStage, calls: number, failed: number): Promise<SoakReading> {
  await stage.isClean();
  const counts = (['east', 'west'] as const).map((name) => stage.centre(name).counts);
  await waitUntil('outbound sockets are closed', () =>
    (['east', 'west'] as const).every((name) => stage.centre(name).counts.sockets <= 2),
  );
  const samples = await stage.router.metrics();
  const sum = (of: (one: (typeof counts)[number]) => number): number =>
    counts.reduce((total, one) => total + of(one), 0);
  return {
    calls,
    failed,
    routerPorts: sumOf(samples, 'proffer_ivr_ports_in_use'),
    channels: sum(({ channels }) => channels),
    rtpPorts: sum(({ rtpPorts }) => rtpPorts),
    sockets: (['east', 'west'] as const).reduce(
      (total, name) => total + stage.centre(name).counts.sockets,
      0,
    ),
    routerRssMegabytes: residentMegabytes(stage.router.child.pid),
    routerFileDescriptors: readdirSync(`/proc/${stage.router.child.pid}/fd`).length,
  };
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1000);
}
