// Names of variables are compared without case, as FreeSWITCH does.
import t from 'tap';
import { ChannelVariables } from '../../../src/switch-standin/channel/channel-variables.js';

t.test('a variable is found in any spelling, and keeps that of the last who set it', (t) => {
  const variables = new ChannelVariables();
  variables.set('sip_h_User-To-User', '61').set('sip_from_user', 'alice');
  t.equal(variables.get('sip_h_User-to-User'), '61');
  t.ok(variables.has('SIP_FROM_USER'));
  variables.set('sip_h_user-to-user', '62');
  t.strictSame(
    [...variables],
    [
      ['sip_from_user', 'alice'],
      ['sip_h_user-to-user', '62'],
    ],
    'one of them, not two',
  );
  t.ok(variables.delete('SIP_H_USER-TO-USER'));
  t.notOk(variables.delete('sip_h_user-to-user'));
  t.equal(variables.get('sip_h_user-to-user'), undefined);
  t.equal(variables.size, 1);
  t.end();
});
