import t from 'tap';
import { parseDigitsRequest } from '../../../src/switch-standin/applications/play-and-get-digits.js';
import { openChannel } from '../channel-support.js';

const prompt = 'tone_stream://%(200,100,600)';
const sorry = 'silence_stream://100';

function request(parts: Partial<Record<string, string | number>> = {}): string {
  const all = {
    min: 1,
    max: 4,
    tries: 1,
    timeout: 4000,
    terminators: '#',
    file: prompt,
    invalid: sorry,
    variable: 'digits',
    pattern: '\\d+',
    digitTimeout: 1500,
    ...parts,
  };
  return Object.values(all).join(' ');
}

t.test('the arguments of drachtio-fsmrf', async (t) => {
  t.same(
    parseDigitsRequest(
      '1 4 1 4000 # tone_stream://%(200,100,600) silence_stream://250 myDigitBuffer \\d+ 1500',
    ),
    {
      min: 1,
      max: 4,
      tries: 1,
      timeoutMs: 4000,
      terminators: '#',
      file: prompt,
      invalidFile: 'silence_stream://250',
      variable: 'myDigitBuffer',
      pattern: '\\d+',
      digitTimeoutMs: 1500,
    },
  );
  t.match(parseDigitsRequest('3 1 1 5'), { min: 3, max: 3, timeoutMs: 1000, terminators: '#' });
});

t.test('keys after the prompt, ended by #', async (t) => {
  const { channel, clock, press, run, told } = await openChannel(t);
  const collect = await run('play_and_get_digits', request());
  clock.advance(1000);
  press('1');
  clock.advance(1000);
  press('2#');
  t.equal(collect.isDone, true);
  const { variables } = channel;
  t.same(
    ['digits', 'read_result', 'read_terminator_used'].map((name) => variables.get(name)),
    ['12', 'success', '#'],
  );
  t.same(told(), [
    'CHANNEL_EXECUTE',
    'PLAYBACK_START',
    'PLAYBACK_STOP',
    'DTMF 1',
    'DTMF 2',
    'DTMF #',
    'CHANNEL_EXECUTE_COMPLETE',
  ]);
  clock.advance(20);
  t.same(clock.running, [], 'no timer is left');
});

t.test('a key in the prompt stops it and counts (barge-in)', async (t) => {
  const { channel, clock, press, run, told } = await openChannel(t);
  const collect = await run('play_and_get_digits', request({ max: 2 }));
  clock.advance(100);
  press('78');
  t.equal(collect.isDone, true);
  t.equal(channel.variables.get('digits'), '78');
  t.equal(channel.variables.get('playback_ms'), '100');
  t.same(told().slice(1, 4), ['PLAYBACK_START', 'DTMF 7', 'PLAYBACK_STOP']);
});

t.test('keys that were pressed while it slept are taken first', async (t) => {
  const { channel, clock, press, run } = await openChannel(t);
  await run('sleep', '100');
  const collect = await run('play_and_get_digits', request({ max: 3 }));
  press('456');
  clock.advance(100);
  await Promise.resolve();
  t.equal(collect.isDone, true);
  t.equal(channel.variables.get('digits'), '456');
});

t.test('silence: no digits after the time, the other file, no more tries', async (t) => {
  const { channel, clock, run, told } = await openChannel(t);
  const collect = await run('play_and_get_digits', request({ tries: 2 }));
  clock.advance(20_000);
  t.equal(collect.isDone, true);
  t.same([channel.variables.get('digits'), channel.variables.get('read_result')], [undefined, 'failure']);
  t.equal(told().filter((name) => name === 'PLAYBACK_START').length, 4, 'prompt and other file, twice');
});

t.test('the time between keys ends it too', async (t) => {
  const { channel, clock, press, run } = await openChannel(t);
  const collect = await run('play_and_get_digits', request());
  clock.advance(500);
  press('12');
  clock.advance(1499);
  t.equal(collect.isDone, false);
  clock.advance(1);
  t.equal(collect.isDone, true);
  t.same([channel.variables.get('digits'), channel.variables.get('read_result')], ['12', 'timeout']);
});

t.test('digits that do not fit are kept as invalid, and it is asked again', async (t) => {
  const { channel, clock, press, run } = await openChannel(t);
  const collect = await run('play_and_get_digits', request({ tries: 2, max: 1, pattern: '[12]' }));
  clock.advance(500);
  press('9');
  t.equal(channel.variables.get('digits_invalid'), '9');
  // In the file for wrong input keys wait for the next try.
  clock.advance(40);
  press('2');
  clock.advance(200);
  t.equal(collect.isDone, true);
  t.equal(channel.variables.get('digits'), '2');
});

t.test('a terminator alone', async (t) => {
  const { channel, clock, press, run } = await openChannel(t);
  const none = await run('play_and_get_digits', request({ min: 0 }));
  clock.advance(500);
  press('#');
  t.same([none.isDone, channel.variables.get('digits')], [true, undefined]);
  const one = await run('play_and_get_digits', request({ max: 1 }));
  clock.advance(100);
  press('#');
  clock.advance(1000);
  t.same([one.isDone, channel.variables.get('digits')], [true, undefined], 'is no digit');
});

t.test('a terminator that is kept, and one that is needed', async (t) => {
  const { channel, clock, press, run } = await openChannel(t);
  await run('play_and_get_digits', request({ terminators: '+*' }));
  clock.advance(500);
  press('12*');
  t.equal(channel.variables.get('digits'), '12*');
  const needed = await run('play_and_get_digits', request({ terminators: '=#' }));
  clock.advance(500);
  press('1234');
  clock.advance(1000);
  t.equal(needed.isDone, true);
  t.equal(channel.variables.get('read_result'), 'failure');
});

t.test('the caller hangs up at each step', async (t) => {
  for (const ms of [0, 100, 500, 5000]) {
    const { channel, clock, run, ports } = await openChannel(t);
    const collect = await run('play_and_get_digits', request({ tries: 3 }));
    clock.advance(ms);
    channel.hangup('NORMAL_CLEARING');
    t.equal(collect.isDone, true, `after ${ms} ms`);
    t.same([clock.running, ports.openCount], [[], 0]);
  }
});

t.test('a pattern that is none matches nothing; no prompt is no matter', async (t) => {
  const { channel, clock, press, run } = await openChannel(t);
  const collect = await run('play_and_get_digits', request({ file: 'silence', pattern: '(' }));
  press('1234');
  clock.advance(1000);
  t.equal(collect.isDone, true);
  t.equal(channel.variables.get('digits_invalid'), '1234');
});
