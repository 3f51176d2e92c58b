import t from 'tap';
import { splitArguments } from '../../../src/switch-standin/applications/arguments.js';
import { openChannel } from '../channel-support.js';

t.test('arguments are cut as switch_separate_string does', async (t) => {
  t.same(splitArguments("1 4  'a b' \\d+ a\\ b"), ['1', '4', 'a b', '\\d+', 'a b']);
  t.same(splitArguments('uuid name a value', 3), ['uuid', 'name', 'a value']);
  t.same(splitArguments('  '), []);
});

t.test('a file is played to its end', async (t) => {
  const { channel, clock, run, told } = await openChannel(t);
  const play = await run('playback', 'tone_stream://%(300,100,440)');
  clock.advance(400);
  t.equal(play.isDone, false);
  clock.advance(20);
  t.equal(play.isDone, true);
  t.equal(channel.variables.get('current_application_response'), 'FILE PLAYED');
  t.equal(channel.variables.get('playback_ms'), '400');
  t.same(told(), ['CHANNEL_EXECUTE', 'PLAYBACK_START', 'PLAYBACK_STOP', 'CHANNEL_EXECUTE_COMPLETE']);
});

t.test('several files, and one that is none', async (t) => {
  const { channel, clock, run, told } = await openChannel(t);
  channel.setVariable('playback_delimiter', '!');
  await run('playback', 'silence_stream://20!tone_stream://no!silence_stream://20');
  clock.advance(100);
  t.equal(channel.variables.get('current_application_response'), 'FILE NOT FOUND');
  t.equal(told().filter((name) => name === 'PLAYBACK_START').length, 1);
});

for (const [terminators, key, isStopped] of [
  [undefined, '*', true],
  [undefined, '1', false],
  ['any', '1', true],
  ['none', '*', false],
  ['12', '2', true],
] as const) {
  t.test(`terminators ${terminators ?? 'by default'}, key ${key}`, async (t) => {
    const { channel, clock, press, run } = await openChannel(t);
    channel.setVariable('playback_terminators', terminators);
    const play = await run('playback', 'tone_stream://%(1000,0,440)');
    clock.advance(100);
    press(key);
    t.equal(play.isDone, isStopped);
    t.equal(channel.variables.get('playback_terminator_used'), isStopped ? key : undefined);
    clock.advance(20);
    t.equal(channel.keys.waitingCount, 0, 'a key that does not stop it is eaten');
  });
}

t.test('uuid_break stops it, playback_timeout_sec too', async (t) => {
  const { channel, clock, events, run } = await openChannel(t);
  const first = await run('playback', 'tone_stream://%(60000,0,440)');
  clock.advance(100);
  channel.applications.break(false);
  t.equal(first.isDone, true);
  t.same(events.at(-2)?.headers.at(-1), ['Playback-Status', 'break']);
  channel.setVariable('playback_timeout_sec', '2');
  const second = await run('playback', 'tone_stream://%(60000,0,440)');
  clock.advance(2020);
  t.equal(second.isDone, true);
  t.same(clock.running, []);
});
