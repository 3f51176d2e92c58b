import t from 'tap';
import { parseDialString, parseVariables } from '../../../src/switch-standin/channel/dial-string.js';

function read(text: string) {
  return parseDialString(text).map(({ profile, uri, variables }) => ({
    profile,
    uri,
    variables: Object.fromEntries(variables),
  }));
}

t.test('a contact of an agent', async (t) => {
  t.same(read('[leg_timeout=10]sofia/internal/agent1001@127.0.0.1:5095'), [
    { profile: 'internal', uri: 'sip:agent1001@127.0.0.1:5095', variables: { leg_timeout: '10' } },
  ]);
});

t.test('variables of all and of one, quoted and escaped', async (t) => {
  const text =
    "{sip_h_X-Offer-ID=A,sip_h_X-Offer-URL='https://a.example/?x=1,2'}{a=b\\,c}[a=own]sofia/internal/sip:q@127.0.0.1;transport=tcp";
  t.same(read(text), [
    {
      profile: 'internal',
      uri: 'sip:q@127.0.0.1;transport=tcp',
      variables: { 'sip_h_X-Offer-ID': 'A', 'sip_h_X-Offer-URL': 'https://a.example/?x=1,2', a: 'own' },
    },
  ]);
});

t.test('one after the other', async (t) => {
  t.same(
    read('{v=x|y}sofia/internal/a@h|[t=1]sofia/internal/b@h').map(({ uri, variables }) => [uri, variables]),
    [
      ['sip:a@h', { v: 'x|y' }],
      ['sip:b@h', { v: 'x|y', t: '1' }],
    ],
  );
});

t.test('a delimiter of its own', async (t) => {
  t.same(
    [...parseVariables('^^:a=1,2:b=3')],
    [
      ['a', '1,2'],
      ['b', '3'],
    ],
  );
});

t.test('what is no call over SIP has no profile; what is broken is nothing', async (t) => {
  t.match(read('user/1001@default'), [{ profile: '', uri: 'user/1001@default' }]);
  for (const wrong of ['', '{a=b', '[a=b', '{a=b}']) t.same(read(wrong), [], wrong);
});
