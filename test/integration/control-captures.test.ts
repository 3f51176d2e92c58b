// Transcripts of a real drachtio-server 0.9.10 replayed: frames must come with the same leaders, token by token.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { ControlServer } from '../../src/control/index.js';
import { systemClock } from '../../src/kernel/index.js';
import type { Clock } from '../../src/kernel/index.js';
import { SipEngine } from '../../src/sip/index.js';
import { repositoryRoot } from '../support/repository-root.js';
import { departing, parseHandlerAnswers, parseTranscript, Replay } from './control-transcript.js';
import type { ReplayOptions, TranscriptStep } from './control-transcript.js';

const folder = path.resolve(process.cwd(), '..', 'shared', 'captures', 'drachtio');

/** A session of 90 s, the least that there is, lasts 0.9 s. */
const hastened: Clock = {
  ...systemClock,
  after: (ms, name, fn) => systemClock.after(name.startsWith('session-') ? ms / 100 : ms, name, fn),
};

interface Case extends ReplayOptions {
  readonly name: string;
  /** Why we differ from the real server, where we do. */
  readonly differs?: string;
  /** The step from which on it all goes another way: as the file of the same name in departures/ says. */
  readonly departsAfter?: string;
}

const cases: readonly Case[] = [
  { name: '01-uas-200-bye' },
  { name: '02-uas-302' },
  { name: '03a-cancel-before-app-answers' },
  { name: '03b-cancel-after-180' },
  { name: '04a-proxy-success-recordroute' },
  { name: '04b-proxy-success-no-recordroute' },
  { name: '04c-proxy-no-recordroute-ack-sent-to-proxy' },
  { name: '05a-proxy-serial-failover-503' },
  { name: '05b-proxy-serial-provisional-timeout' },
  { name: '05c-proxy-all-fail' },
  { name: '06-proxy-simultaneous' },
  {
    name: '06b-proxy-simultaneous-6xx',
    differs:
      'a 6xx ends the search (RFC 3261 16.7 5): the other branch is cancelled, the caller gets the 6xx',
    departsAfter: 'frame 603 INVITE',
  },
  {
    name: '06c-proxy-serial-6xx',
    differs: 'a 6xx ends the search (RFC 3261 16.7 5): no other target is tried, the caller gets the 6xx',
    departsAfter: 'frame 603 INVITE',
    unheard: ['5081'],
  },
  {
    name: '06d-proxy-cancel',
    differs: 'the caller gets its 487 when the branch has ended (RFC 3261 16.10), not before',
    later: ['487 INVITE'],
  },
  { name: '06e-proxy-302-follow' },
  {
    name: '06f-proxy-final-timeout-ignored',
    differs: 'finalTimeout is kept: a target that rings on after it is cancelled, and the next one tried',
    departsAfter: 'from-engine 5070 180 INVITE',
  },
  { name: '06g-proxy-errors' },
  { name: '06h-proxy-headers' },
  { name: '07-b2bua' },
  { name: '07b-b2bua-cancel' },
  {
    name: '08-uac-options',
    differs: 'ICMP errors do not reach a UDP socket of Node: a closed port is a timeout',
    instead: { '503 OPTIONS': '408 OPTIONS' },
  },
  { name: '09-uac-invite-auth-407' },
  { name: '10-refer-notify' },
  { name: '11a-prack-uas' },
  { name: '11b-prack-uac' },
  {
    name: '12a-app-disconnect-midcall',
    differs: 'the engine has sent its own BYE by then, and answers the one that crosses it',
    instead: { '481 BYE': '200 BYE' },
  },
  {
    name: '12b-app-disconnect-while-invite-pending',
    differs: 'the caller gets 503 when the application goes; a CANCEL of another branch cancels nothing',
    instead: { '487 INVITE': '503 INVITE', '200 CANCEL': '481 CANCEL' },
  },
  {
    name: '12c-app-disconnect-after-180',
    differs: 'the caller gets 503 when the application goes',
    instead: { '487 INVITE': '503 INVITE' },
  },
  { name: '12d-no-app-connected', differs: 'no 100 before a final response', without: ['100 INVITE'] },
  {
    name: '12e-app-disconnect-midcall-uac',
    differs: 'the engine has sent its own BYE by then, and answers the one that crosses it',
    instead: { '481 BYE': '200 BYE' },
  },
  { name: '13-reinvite-hold' },
  {
    name: '14-other-requests',
    differs:
      '405 where an application is there but does not take the method; no list of spammers; no 100 before 481',
    instead: { '503 SUBSCRIBE': '405 SUBSCRIBE' },
    without: ['100 INVITE', '603 OPTIONS'],
    besides: ['sip network OPTIONS'],
  },
  { name: '15-ack-timeout' },
  {
    name: '16-cancel-after-200',
    differs: 'a CANCEL that matches gets 200 (RFC 3261 9.2)',
    instead: { '481 CANCEL': '200 CANCEL' },
  },
  { name: '17-session-timer' },
  { name: '18-tcp-invite' },
  {
    name: '19-cancel-wrong-branch',
    differs: 'a CANCEL must match branch and source (RFC 3261 9.2)',
    instead: { '200 CANCEL': '481 CANCEL' },
    without: ['CANCEL', '487 INVITE'],
  },
  { name: '20a-outbound-route-uri' },
  { name: '20b-outbound-tag-and-others' },
  { name: '21-ping-and-bad-secret' },
  { name: '22-session-timer-refresh-by-server' },
  { name: '23-session-timer-expiry' },
  { name: '24-uac-cancel-race-ackbye' },
  { name: '25-subscribe-notify' },
  { name: '26-update-during-invite' },
];

/** Replayed by control-edge-cases.test.ts. */
const elsewhere = ['90-edge-cases'];

function departureOf(name: string): TranscriptStep[] {
  const file = path.join(repositoryRoot, 'test', 'integration', 'departures', `${name}.txt`);
  return parseTranscript(readFileSync(file, 'utf8'));
}

for (const one of cases) {
  const file = path.join(folder, `${one.name}.txt`);
  const skip = existsSync(file) ? false : `no ${file}`;
  const title = one.differs === undefined ? one.name : `${one.name}, but ${one.differs}`;
  t.test(title, { skip }, async (t) => {
    const engine = new SipEngine({
      listen: ['sip:127.0.0.1:0'],
      timers: { t1: 50, t2: 400, t4: 500 },
      clock: hastened,
    });
    const text = readFileSync(file, 'utf8');
    const answers = parseHandlerAnswers(text);
    const handler = createServer((_request, response) => {
      const { status, body } = answers.shift() ?? { status: 404, body: '' };
      response.writeHead(status).end(replay.rename(body));
    });
    if (answers.length > 0) await new Promise<void>((done) => handler.listen(0, '127.0.0.1', () => done()));
    const uri = `http://127.0.0.1:${(handler.address() as AddressInfo | null)?.port ?? 0}`;
    const control = new ControlServer(engine, {
      secret: 'cymru',
      handlers: answers.length === 0 ? [] : [{ sipMethod: '*', httpMethod: 'GET', uri }],
    });
    await engine.start();
    const controlPort = await control.listen(0);
    const replay = new Replay(engine.localAddresses[0]?.port ?? 0, controlPort, one);
    await replay.listen();
    t.teardown(async () => {
      handler.close();
      await replay.close();
      await control.close();
      await engine.stop();
    });
    const recorded = parseTranscript(text);
    await replay.open(recorded);
    await replay.run(
      one.departsAfter === undefined
        ? recorded
        : departing(recorded, one.departsAfter, departureOf(one.name)),
    );
    t.strictSame(replay.missing, [], 'everything recorded came');
    for (const { recorded, ours, differences } of replay.comparisons) {
      t.strictSame(differences, [], recorded, { ours });
    }
    t.strictSame(replay.unexpected, [], 'nothing came that was not recorded');
  });
}

t.test(
  'what was recorded is replayed, all of it',
  { skip: existsSync(folder) ? false : `no ${folder}` },
  (t) => {
    const recorded = readdirSync(folder).filter((file) => file.endsWith('.txt'));
    const replayed = [...cases.map(({ name }) => name), ...elsewhere].map((name) => `${name}.txt`);
    t.strictSame(recorded.sort(), replayed.sort());
    t.end();
  },
);
