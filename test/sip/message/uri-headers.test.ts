import t from 'tap';
import { splitUriHeaders } from '../../../src/sip/index.js';

t.test('the header part of a URI, unescaped and apart (RFC 3261 19.1.1)', async (t) => {
  t.strictSame(splitUriHeaders('sip:queue@host;lr?X-Offer-ID=A%20B&X-Note=a=b'), {
    uri: 'sip:queue@host;lr',
    headers: [
      ['X-Offer-ID', 'A B'],
      ['X-Note', 'a=b'],
    ],
  });
  t.strictSame(splitUriHeaders('sip:what?@host'), { uri: 'sip:what?@host', headers: [] });
  t.strictSame(splitUriHeaders('sip:host?=x&name&Subject='), { uri: 'sip:host', headers: [['Subject', '']] });
});
