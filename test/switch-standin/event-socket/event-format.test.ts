import t from 'tap';
import {
  EventStamp,
  escapeValue,
  jsonText,
  plainText,
  StampedEvent,
} from '../../../src/switch-standin/index.js';
import type { EventHeader } from '../../../src/switch-standin/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { noCaptures, readCapture, readPlainEvents } from '../captures.js';

const ofNothing = { name: 'CUSTOM', subclass: undefined, origin: '', headers: [], body: '' };
const files = [
  'agent-status-and-tier-changes.txt',
  'call-answered-by-agent.txt',
  'call-abandoned-agent-no-answer.txt',
  'no-agents-available.txt',
];

for (const file of files) {
  t.test(`every event of ${file} is written byte for byte`, { skip: noCaptures }, (t) => {
    const events = readPlainEvents(file);
    t.ok(events.length > 3, 'has events');
    for (const { frame, headers } of events) {
      const made = new StampedEvent(ofNothing, headers).frame('plain').toString('latin1');
      if (made !== frame) t.equal(made, frame);
    }
    t.end();
  });
}

t.test('the JSON form is written byte for byte', { skip: noCaptures }, (t) => {
  const text = readCapture('fsmrf-connect-inbound-socket.txt');
  const frames = [...text.matchAll(/Content-Length: \d+\nContent-Type: text\/event-json\n\n(\{.*\})/g)];
  t.equal(frames.length, 2);
  for (const [frame, json = ''] of frames) {
    const headers = Object.entries(JSON.parse(json) as Record<string, string>);
    t.equal(new StampedEvent(ofNothing, headers).frame('json').toString('latin1'), frame);
  }
  t.end();
});

t.test('the common headers come in the order of FreeSWITCH', { skip: noCaptures }, (t) => {
  const [first] = readPlainEvents('agent-status-and-tier-changes.txt');
  const clock = new FakeClock(1_795_317_146_564.686);
  const stamp = new EventStamp({
    clock,
    hostname: 'vm',
    ipv4: '192.0.2.2',
    ipv6: 'fd00::2',
    coreUuid: '955a574b-5287-4e38-92ed-33caf7b2cbec',
  });
  const event = {
    name: 'CUSTOM',
    subclass: 'callcenter::info',
    origin: 'mod_callcenter.c:cc_agent_update:1043',
    headers: [
      ['CC-Agent', '1001@default'],
      ['CC-Action', 'agent-status-change'],
      ['CC-Agent-Status', 'Logged Out'],
    ] as const,
    body: '',
  };
  for (let i = 1; i < 732; i += 1) stamp.stamp(event);
  t.equal(stamp.stamp(event).frame('plain').toString(), first?.frame);
  t.end();
});

t.test('values are escaped as switch_url_encode does', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['a b', 'a%20b'],
    ["-_.~!*'(),/$", "-_.~!*'(),/$"],
    ['%41 stays, %4g does not', '%41%20stays,%20%254g%20does%20not'],
    ['100%', '100%25'],
    ['line\r\nNext: x', 'line%0D%0ANext%3A%20x'],
    ['Zoë', 'Zo%C3%AB'],
    ['', ''],
  ];
  for (const [value, escaped] of cases) t.equal(escapeValue(value), escaped, value);
  t.end();
});

t.test('a body has its own length, in bytes', (t) => {
  const headers: readonly EventHeader[] = [
    ['Event-Name', 'BACKGROUND_JOB'],
    ['Job-Owner-UUID', ''],
  ];
  t.equal(
    plainText(headers, 'é\n'),
    'Event-Name: BACKGROUND_JOB\nJob-Owner-UUID: _undef_\nContent-Length: 3\n\né\n',
  );
  t.equal(
    jsonText(headers, 'é\n'),
    '{"Event-Name":"BACKGROUND_JOB","Job-Owner-UUID":"","Content-Length":"3","_body":"é\\n"}',
  );
  t.end();
});

t.test('a restart gives another Core-UUID and begins the sequence again', (t) => {
  const stamp = new EventStamp({ clock: new FakeClock(), hostname: 'vm', clockOffsetMs: -3_600_000 });
  const before = [stamp.stamp(ofNothing), stamp.stamp(ofNothing)];
  t.same(
    before.map((one) => one.get('event-sequence')),
    ['1', '2'],
  );
  t.equal(
    before[0]?.get('Event-Date-GMT'),
    'Wed, 31 Dec 2025 23:00:00 GMT',
    'by the wrong clock of the centre',
  );
  const uuid = stamp.coreUuid;
  stamp.restart();
  t.not(stamp.coreUuid, uuid);
  t.equal(stamp.stamp(ofNothing).get('Event-Sequence'), '1');
  t.end();
});
