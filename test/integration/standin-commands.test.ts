// API commands about channels, beside what FreeSWITCH answers.
import t from 'tap';
import { callFrom, openCentre, openPhones } from './standin-support.js';
import { noCaptures, readCapture } from '../switch-standin/captures.js';

t.test('sofia status is that of the transcript', { skip: noCaptures }, async (t) => {
  const centre = await openCentre(t);
  const given = /\n {21}Name\t[\s\S]*?0 aliases\n/.exec(readCapture('fsmrf-connect-inbound-socket.txt'));
  const ours = await centre.runApi('sofia', 'status');
  // The ports of the transcript have four digits, ours five.
  const plain = (text: string): string =>
    text
      .replaceAll(centre.mediaAddress, '127.0.0.1:5081')
      .replaceAll(centre.address, '127.0.0.1:5090')
      .replace(/\t +/g, '\t');
  t.equal(plain(ours), plain(given?.[0].slice(1) ?? ''));
  t.match(
    await centre.runApi('sofia', 'status profile internal'),
    `URL             \tsip:mod_sofia@${centre.address}`,
  );
  t.equal(await centre.runApi('sofia', 'status profile none'), 'Invalid Profile!\n');
});

t.test('channels are shown, told about and changed', async (t) => {
  const centre = await openCentre(t);
  const phones = await openPhones(t);
  t.equal(await centre.runApi('show', 'channels as json'), '{"row_count": 0}\n');
  t.equal(await centre.runApi('show', 'channels'), '\n0 total.\n');
  const caller = await callFrom(phones, `service@${centre.address}`);
  const [channel] = centre.switch.switchboard.table;
  const uuid = channel!.uuid;
  const shown = JSON.parse(await centre.runApi('show', 'channels as json')) as {
    row_count: number;
    rows: readonly Record<string, string>[];
  };
  t.match(shown, {
    row_count: 1,
    rows: [{ uuid, direction: 'inbound', dest: 'service', application: 'callcenter', callstate: 'ACTIVE' }],
  });
  t.equal(await centre.runApi('show', 'channels count'), '\n1 total.\n');
  t.match(await centre.runApi('show', 'channels'), /^uuid,direction,created,.*\n.*\n\n1 total\.\n$/);

  t.equal(await centre.runApi('uuid_setvar', `${uuid} offer gold card`), '+OK\n');
  t.equal(await centre.runApi('uuid_getvar', `${uuid} offer`), 'gold card');
  t.equal(await centre.runApi('uuid_setvar_multi', `${uuid} a=1;b=2`), '+OK\n');
  t.equal(await centre.runApi('uuid_getvar', `${uuid} b`), '2');
  t.equal(await centre.runApi('uuid_getvar', `${uuid} c`), '_undef_');
  const dump = await centre.runApi('uuid_dump', uuid);
  t.match(dump, /^Event-Name: CHANNEL_DATA\n/);
  t.match(dump, /^variable_offer: gold%20card\n/m);
  t.match(JSON.parse(await centre.runApi('uuid_dump', `${uuid} json`)), { variable_offer: 'gold card' });
  t.equal(await centre.runApi('uuid_set_media_stats', uuid), '+OK:\n');
  t.match(await centre.runApi('uuid_getvar', `${uuid} rtp_audio_out_packet_count`), /^\d+$/);

  for (const command of ['uuid_kill', 'uuid_dump', 'uuid_break'])
    t.equal(await centre.runApi(command, 'none'), '-ERR No such channel!\n', command);
  for (const command of ['uuid_kill', 'uuid_setvar', 'uuid_getvar', 'uuid_transfer', 'uuid_bridge'])
    t.match(await centre.runApi(command, ''), /^-USAGE: /, command);
  t.equal(await centre.runApi('uuid_bridge', `${uuid} none`), '-ERR Invalid uuid\n');
  t.equal(await centre.runApi('nosuchcommand', ''), '-ERR nosuchcommand Command not found!\n');

  const gone = new Promise((resolve) => caller.onHangup(resolve));
  t.equal(await centre.runApi('hupall', ''), '+OK hangup all channels with cause MANAGER_REQUEST\n');
  await gone;
});

t.test('originate calls somebody and runs an application, or says why not', async (t) => {
  const centre = await openCentre(t);
  const phones = await openPhones(t, ['desk']);
  t.match(
    await centre.runApi('originate', `sofia/internal/sip:desk@${phones.address} &park()`),
    /^\+OK [0-9a-f-]{36}\n$/,
  );
  t.equal(centre.counts.channels, 1);
  t.match(await centre.runApi('originate', `sofia/internal/sip:desk@${phones.address} service`), /^\+OK /);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(centre.callCentre.waiting('service@default'), 1);
  t.equal(
    await centre.runApi('originate', `sofia/internal/sip:nobody@${phones.address} &park`),
    '-ERR UNALLOCATED_NUMBER\n',
  );
  t.equal(await centre.runApi('originate', 'user/1001 &park'), '-ERR SUBSCRIBER_ABSENT\n');
  t.match(await centre.runApi('originate', ''), /^-USAGE: /);
});
