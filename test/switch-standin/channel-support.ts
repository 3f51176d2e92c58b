// One channel without SIP, on a clock of the test: for what runs on channels.
import type { Test } from 'tap';
import { silentLogger } from '../../src/kernel/index.js';
import type { SwitchEvent } from '../../src/switch-standin/index.js';
import { applicationsOf } from '../../src/switch-standin/applications/application-table.js';
import { noTimes } from '../../src/switch-standin/channel/caller-profile.js';
import { Channel } from '../../src/switch-standin/channel/channel.js';
import type { Application } from '../../src/switch-standin/channel/channel.js';
import type { Leg } from '../../src/switch-standin/channel/leg.js';
import { Switchboard } from '../../src/switch-standin/channel/switchboard.js';
import { MediaPorts } from '../../src/switch-standin/media/media-ports.js';
import { MediaTicker } from '../../src/switch-standin/media/media-ticker.js';
import { FakeClock } from '../support/fake-clock.js';

export const offer = [
  'v=0',
  'o=user1 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 9 RTP/AVP 0 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  '',
].join('\r\n');

export interface ChannelStage {
  readonly clock: FakeClock;
  readonly channel: Channel;
  readonly events: SwitchEvent[];
  readonly ports: MediaPorts;
  /** What was done on the SIP side. */
  readonly signalling: string[];
  /** Runs an application to its end or as far as it goes. */
  readonly run: (name: string, data?: string) => Promise<{ isDone: boolean }>;
  readonly press: (keys: string) => void;
  /** Names of the events since the last call, DTMF with its key. */
  readonly told: () => readonly string[];
}

export async function openChannel(t: Test): Promise<ChannelStage> {
  const clock = new FakeClock();
  const events: SwitchEvent[] = [];
  const signalling: string[] = [];
  const ports = new MediaPorts({ from: 18_000, to: 18_898 });
  const context = {
    clock,
    log: silentLogger,
    events: { fire: (event: SwitchEvent) => void events.push(event) },
    ports,
    ticker: new MediaTicker(clock),
    wallNow: () => clock.wallNow(),
  };
  const applications = new Map<string, Application>();
  const switchboard = new Switchboard({ context, applications, profiles: () => [], maxChannels: 10 });
  for (const [name, one] of applicationsOf(switchboard, (_channel, ...to) => signalling.push(to.join(' '))))
    applications.set(name, one);
  const leg: Leg = {
    ring: () => signalling.push('ring'),
    answer: () => signalling.push('answer'),
    end: (cause) => (signalling.push(cause), 'send_bye'),
  };
  const channel = new Channel({
    context,
    applications,
    leg,
    port: await ports.open(),
    profile: {
      uuid: '3531000a-c5e0-4b86-bc87-64454840c364',
      direction: 'inbound',
      dialplan: 'XML',
      username: '',
      callerNumber: '',
      callerName: 'unknown',
      calleeName: '',
      calleeNumber: '',
      networkAddress: '127.0.0.1',
      destinationNumber: 'drachtio',
      source: 'mod_sofia',
      context: 'mrf',
      channelName: 'sofia/drachtio_mrf/nobody@127.0.0.1:5071',
      transferSource: '',
      index: 1,
      times: noTimes(0),
    },
    onGone: () => undefined,
  });
  t.teardown(() => channel.media.close());
  channel.setVariable('switch_r_sdp', offer);
  channel.created('CS_EXECUTE');
  channel.answer();
  events.length = 0;
  let toldUpTo = 0;
  return {
    clock,
    channel,
    events,
    ports,
    signalling,
    run: async (name, data = '') => {
      const state = { isDone: false };
      channel.applications.push({ name, data, onDone: () => (state.isDone = true) });
      await Promise.resolve();
      return state;
    },
    press: (keys) => {
      for (const key of keys) channel.keys.press({ key, duration: 800 });
    },
    told: () => {
      const fresh = events.slice(toldUpTo);
      toldUpTo = events.length;
      return fresh.map(({ name, headers }) => {
        const key = headers.find(([header]) => header === 'DTMF-Digit')?.[1];
        return key === undefined ? name : `${name} ${key}`;
      });
    },
  };
}
