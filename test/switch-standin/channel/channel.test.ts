import t from 'tap';
import { openChannel } from '../channel-support.js';

t.test('the headers of an event are those of the transcript, in order', async (t) => {
  const { channel } = await openChannel(t);
  const names = channel.eventHeaders().map(([name]) => name);
  t.same(names.slice(0, 10), [
    'Channel-State',
    'Channel-Call-State',
    'Channel-State-Number',
    'Channel-Name',
    'Unique-ID',
    'Call-Direction',
    'Presence-Call-Direction',
    'Channel-HIT-Dialplan',
    'Channel-Call-UUID',
    'Answer-State',
  ]);
  t.same(names.slice(10, 16), [
    'Channel-Read-Codec-Name',
    'Channel-Read-Codec-Rate',
    'Channel-Read-Codec-Bit-Rate',
    'Channel-Write-Codec-Name',
    'Channel-Write-Codec-Rate',
    'Channel-Write-Codec-Bit-Rate',
  ]);
  t.ok(names.indexOf('Caller-Privacy-Hide-Number') < names.indexOf('variable_switch_r_sdp'));
});

t.test('a hang-up in an application tells of its end, then of the channel', async (t) => {
  const { channel, ports, run, signalling, told } = await openChannel(t);
  channel.announce('socket', '127.0.0.1:8586 async full');
  told();
  await run('playback', 'tone_stream://%(1000,0,440)');
  const waiting = await run('set', 'never=set');
  channel.hangup('USER_BUSY');
  t.same(told(), [
    'CHANNEL_EXECUTE',
    'PLAYBACK_START',
    'PLAYBACK_STOP',
    'CHANNEL_EXECUTE_COMPLETE',
    'CHANNEL_EXECUTE_COMPLETE',
    'CHANNEL_CALLSTATE',
    'CHANNEL_HANGUP',
    'CHANNEL_HANGUP_COMPLETE',
  ]);
  t.same([waiting.isDone, channel.variables.get('never')], [true, undefined]);
  t.same(signalling, ['answer', 'USER_BUSY']);
  t.equal(channel.variables.get('hangup_cause_q850'), '17');
  t.equal(ports.openCount, 0);
  channel.hangup('NORMAL_CLEARING');
  t.same(told(), [], 'once');
});

t.test('the hangup application is complete before the channel is gone', async (t) => {
  const { channel, events, run } = await openChannel(t);
  channel.announce('socket', 'x');
  events.length = 0;
  await run('hangup');
  const [start, ended, socket, state] = events;
  const value = (event: typeof start, name: string) => event?.headers.find(([one]) => one === name)?.[1];
  t.equal(start?.name, 'CHANNEL_EXECUTE');
  t.same(
    [value(ended, 'Application'), value(ended, 'Channel-State'), value(ended, 'Channel-State-Number')],
    ['hangup', 'CS_EXECUTE', '10'],
  );
  t.same([value(ended, 'Answer-State'), value(ended, 'Hangup-Cause')], ['hangup', 'NORMAL_CLEARING']);
  t.equal(value(socket, 'Application'), 'socket');
  t.same([state?.name, value(state, 'Channel-State')], ['CHANNEL_CALLSTATE', 'CS_HANGUP']);
  t.equal(value(state, 'variable_uuid'), undefined, 'without variables');
});

t.test('variables are set anew at the end, as FreeSWITCH does', async (t) => {
  const { channel, run } = await openChannel(t);
  await run('set', 'offer=gold');
  await run('multiset', '^^:a=1:b=two words');
  await run('set', 'offer=silver ${a}');
  await run('export', 'nolocal:c=3');
  await run('unset', 'b');
  const own = [...channel.variables].filter(([name]) =>
    ['offer', 'a', 'b', 'c', 'export_vars'].includes(name),
  );
  t.same(own, [
    ['a', '1'],
    ['offer', 'silver 1'],
    ['c', '3'],
    ['export_vars', 'c'],
  ]);
});

t.test('keys: a parked channel eats them, a sleeping one keeps them', async (t) => {
  const { channel, clock, press, run, told } = await openChannel(t);
  press('1');
  t.same([told(), channel.keys.waitingCount], [['DTMF 1'], 0]);
  await run('sleep', '500');
  press('23');
  t.equal(channel.keys.waitingCount, 2);
  clock.advance(500);
  t.equal(channel.keys.waitingCount, 2, 'whoever comes at once finds them');
  clock.advance(20);
  t.equal(channel.keys.waitingCount, 0, 'the parked channel has eaten them');
  await run('sleep', '500');
  press('4');
  channel.keys.flush();
  t.equal(channel.keys.waitingCount, 0);
});

t.test('an application that is not known is passed over', async (t) => {
  const { run, told } = await openChannel(t);
  const unknown = await run('conference', 'x');
  t.equal(unknown.isDone, true);
  t.same(told(), []);
});

t.test('an application may be asked to run several times', async (t) => {
  const { channel, clock, events } = await openChannel(t);
  channel.applications.push({ name: 'sleep', data: '10', loops: 3 });
  await Promise.resolve();
  clock.advance(100);
  t.equal(events.filter(({ name }) => name === 'CHANNEL_EXECUTE_COMPLETE').length, 3);
  const loops = events.map(({ headers }) => headers.find(([one]) => one === 'variable_current_loop')?.[1]);
  t.same(loops, ['1', '1', '2', '2', '3', '3']);
  t.equal(channel.variables.has('current_loop'), false);
});
