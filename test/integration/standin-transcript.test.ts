// The outbound socket of the stand-in centre beside the transcript of a real FreeSWITCH: the same orders, the same answers and events.
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { waitUntil } from '../support/child-process.js';
import { noCaptures, readCapture } from '../switch-standin/captures.js';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { openCentre, openPhones } from './standin-support.js';

interface Frame {
  /** `reply`, or the name of an event. */
  readonly kind: string;
  readonly text: string;
  /** Of an event, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Cuts what came from the centre into frames. */
function readFrames(bytes: string): readonly Frame[] {
  const frames: Frame[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\n\n');
    if (end === -1) return frames;
    const head = rest.slice(0, end + 2);
    const length = head.startsWith('Event-Name')
      ? 0
      : Number(/^Content-Length: (\d+)$/m.exec(head)?.[1] ?? 0);
    const body = rest.slice(end + 2, end + 2 + length);
    rest = rest.slice(end + 2 + length);
    if (head.includes('text/event-json')) {
      const event = JSON.parse(body) as Record<string, string>;
      frames.push({ kind: event['Event-Name'] ?? '', text: body, headers: Object.entries(event) });
    } else if (head.startsWith('Event-Name: CHANNEL_DATA')) {
      const headers = head
        .trimEnd()
        .split('\n')
        .map((line) => line.split(': ') as [string, string])
        .map(([name, value]) => [name, decodeURIComponent(value)] as const);
      frames.push({ kind: 'CHANNEL_DATA', text: head, headers });
    } else {
      frames.push({ kind: 'reply', text: head + body, headers: [] });
    }
  }
}

/** What FreeSWITCH sent on the outbound socket, and what it was told, in order. */
function readTranscript(): { readonly centre: string; readonly application: string } {
  const chunks = readCapture('fsmrf-play-collect-outbound-socket.txt')
    .split(/^### conn 1 /m)
    .slice(1);
  const of = (direction: string): string =>
    chunks
      .filter((chunk) => chunk.startsWith(direction))
      .map((chunk) => chunk.slice(chunk.indexOf('\n') + 1, -1))
      .join('');
  // The application listened, so that FreeSWITCH was the client.
  return { centre: of('client->server'), application: of('server->client') };
}

/** Values that differ from one call to the next, and what belongs to the peers of the transcript alone. */
const different =
  /^(Core-UUID|FreeSWITCH-.*|Event-Date-.*|Event-Sequence|.*-Time|.*Unique-ID|Channel-Call-UUID|.*Channel-Name|variable_(channel_name|uuid|call_uuid|session_id|sip_.*|.*sdp.*|.*_port|sofia_profile_url|rtp_use_ssrc|socket_host|playback_last_offset_pos|current_application_data)|Application-(UUID|Data)|DTMF-Duration)$/;
/** Set only when the peer says so. */
const optional = /^variable_sip_(from_port|from_display|via_rport|user_agent|contact_\w+|h_.*)$/;

function compareEvents(t: Test, ours: Frame, theirs: Frame): void {
  const names = ({ headers }: Frame): readonly string[] =>
    headers.map(([name]) => name).filter((name) => !optional.test(name));
  t.same(names(ours), names(theirs), `headers of ${theirs.kind}, in order`);
  const values = ({ headers }: Frame) =>
    headers.filter(([name]) => !different.test(name) && !optional.test(name));
  t.same(values(ours), values(theirs), `values of ${theirs.kind}`);
}

/** An application that listens as drachtio-fsmrf does. */
async function openApplication(t: Test) {
  const sockets: Socket[] = [];
  const received = { text: '', isClosed: false };
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (chunk) => (received.text += chunk.toString('latin1')));
    socket.on('close', () => (received.isClosed = true));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  const frames = (): readonly Frame[] => readFrames(received.text);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    isClosed: () => received.isClosed,
    isConnected: () => sockets.length > 0,
    send: (text: string) => sockets[0]?.write(text),
    frames,
    has: async (kind: string, count: number) =>
      waitUntil(`${count} times ${kind}`, () => frames().filter((one) => one.kind === kind).length >= count),
  };
}

t.test('the same orders bring the same answers', { skip: noCaptures }, async (t) => {
  const transcript = readTranscript();
  const centre = await openCentre(t);
  const phones = await openPhones(t);
  const application = await openApplication(t);
  const caller = await new Promise<Channel>((resolve, reject) => {
    phones.switch.switchboard.call(
      `sofia/internal/sip:drachtio@${centre.mediaAddress}`,
      { callerNumber: '', callerName: '', headers: [['X-esl-outbound', application.address]] },
      { onAnswer: resolve, onFailed: (cause) => reject(new Error(cause)) },
    );
  });
  await waitUntil('the centre has connected', application.isConnected);
  const uuidOfTranscript = /Unique-ID: ([0-9a-f-]{36})/.exec(transcript.centre)?.[1] ?? '';
  const [channel] = centre.switch.switchboard.table;
  const order = (text: string) => application.send(text.replaceAll(uuidOfTranscript, channel!.uuid));
  const orders = transcript.application
    .split('\n\n')
    .map((text) => `${text.trimStart()}\n\n`)
    .filter((text) => text.trim() !== '');
  t.equal(orders[0], 'connect\n\n');

  const replies: readonly (readonly [kind: string, count: number])[] = [
    ['CHANNEL_DATA', 1],
    ['reply', 1],
    ['reply', 2],
    ['CHANNEL_EXECUTE_COMPLETE', 1],
    ['PLAYBACK_STOP', 2],
    ['reply', 5],
    ['CHANNEL_EXECUTE_COMPLETE', 3],
    ['CHANNEL_CALLSTATE', 1],
  ];
  for (const [at, text] of orders.entries()) {
    order(text);
    const [kind, count] = replies[at]!;
    await application.has(kind, count);
    if (!text.includes('play_and_get_digits')) continue;
    caller.media.sendKeys('12#', 280);
    await application.has('CHANNEL_EXECUTE_COMPLETE', 2);
  }
  await waitUntil('the centre has said goodbye', application.isClosed);

  const ours = application.frames();
  const theirs = readFrames(transcript.centre);
  t.same(
    ours.map(({ kind }) => kind),
    theirs.map(({ kind }) => kind),
  );
  for (const [at, frame] of theirs.entries()) {
    const own = ours[at]!;
    if (frame.kind !== 'reply') compareEvents(t, own, frame);
    else t.equal(own.text.replaceAll(channel!.uuid, uuidOfTranscript), frame.text);
  }
});
