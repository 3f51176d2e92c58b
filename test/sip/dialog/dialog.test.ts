import t from 'tap';
import { AcceptedInvite } from '../../../src/sip/dialog/accepted-invite.js';
import { DialogStore } from '../../../src/sip/dialog/dialog-store.js';
import { Dialog, dialogIdOf } from '../../../src/sip/dialog/dialog.js';
import { routeTo } from '../../../src/sip/dialog/route-set.js';
import { createResponse, parseMessage } from '../../../src/sip/index.js';
import type { SipMessage } from '../../../src/sip/index.js';
import { FakeClock } from '../../support/fake-clock.js';

const flow = {
  protocol: 'udp',
  localAddress: '127.0.0.1',
  localPort: 5060,
  remoteAddress: '127.0.0.1',
  remotePort: 5070,
} as const;

function invite(): SipMessage {
  const result = parseMessage(
    'INVITE sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1\r\n' +
      'Record-Route: <sip:p2;lr>, <sip:p1;lr>\r\nFrom: Alice <sip:alice@a>;tag=a1\r\nTo: <sip:bob@b>\r\n' +
      'Call-ID: c1\r\nCSeq: 7 INVITE\r\nContact: <sip:alice@127.0.0.1:5070>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n',
    'datagram',
  );
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

function dialogs(): { uas: Dialog; uac: Dialog } {
  const request = invite();
  const response = createResponse(request, 200, undefined, 'b1');
  response.append('Contact', '<sip:bob@127.0.0.1:5080>');
  const seed = { method: 'INVITE', request, response, flow };
  return {
    uas: new Dialog({ ...seed, role: 'uas', localTag: 'b1', remoteTag: 'a1' }),
    uac: new Dialog({ ...seed, role: 'uac', localTag: 'a1', remoteTag: 'b1' }),
  };
}

t.test('the called side and the calling side of one dialog (RFC 3261 12.1)', (t) => {
  const { uas, uac } = dialogs();
  t.equal(uas.id, 'c1;from-tag=a1', 'the id that applications know');
  t.equal(uac.id, uas.id);
  t.strictSame(uas.routeSet, ['<sip:p2;lr>', '<sip:p1;lr>'], 'UAS: in order');
  t.strictSame(uac.routeSet, ['<sip:p1;lr>', '<sip:p2;lr>'], 'UAC: reversed');
  t.equal(uas.remoteTarget, 'sip:alice@127.0.0.1:5070');
  t.equal(uac.remoteTarget, 'sip:bob@127.0.0.1:5080');
  t.equal(uas.localParty, '<sip:bob@b>;tag=b1');
  t.equal(uas.remoteParty, 'Alice <sip:alice@a>;tag=a1');
  t.equal(uas.remoteSeq, 7);
  t.equal(uac.localSeq, 7);
  t.equal(uac.remoteSeq, undefined);
  t.end();
});

t.test('CSeq of the peer must not go back (12.2.2)', (t) => {
  const { uas, uac } = dialogs();
  t.notOk(uas.takeRemoteSeq(6));
  t.ok(uas.takeRemoteSeq(9), 'gaps are fine');
  t.notOk(uas.takeRemoteSeq(8));
  t.ok(uac.takeRemoteSeq(1), 'any number is the first');
  t.end();
});

t.test('loose and strict routing (12.2.1.1)', (t) => {
  t.strictSame(routeTo('sip:t', []), { requestUri: 'sip:t', routes: [], nextHop: 'sip:t' });
  t.strictSame(routeTo('sip:t', ['<sip:p1;lr>', '<sip:p2>']), {
    requestUri: 'sip:t',
    routes: ['<sip:p1;lr>', '<sip:p2>'],
    nextHop: 'sip:p1;lr',
  });
  t.strictSame(routeTo('sip:t', ['<sip:p1>', '<sip:p2;lr>']), {
    requestUri: 'sip:p1',
    routes: ['<sip:p2;lr>', '<sip:t>'],
    nextHop: 'sip:p1',
  });
  t.end();
});

t.test('the store finds a dialog by tags and by id', (t) => {
  const { uas, uac } = dialogs();
  const store = new DialogStore();
  store.add(uas);
  const bye = invite();
  bye.set('to', '<sip:bob@b>;tag=b1');
  t.equal(store.ofRequest(bye), uas);
  t.equal(store.ofRequest(invite()), undefined, 'no To tag, no dialog');
  const other = invite();
  other.set('from', 'Alice <sip:alice@a>;tag=zz');
  other.set('to', '<sip:bob@b>;tag=b1');
  t.equal(store.ofRequest(other), undefined, 'both tags count');
  t.equal(store.byId(dialogIdOf(invite())), uas);
  store.add(uac);
  t.equal(store.byId('c1;from-tag=a1'), uac, 'the newest has the id');
  store.delete(uac);
  store.delete(uas);
  t.equal(store.size, 0);
  t.equal(store.byId('c1;from-tag=a1'), undefined);
  t.end();
});

t.test('a 2xx is repeated at T1, doubling up to T2, until its ACK or 64*T1 (13.3.1.4)', (t) => {
  const clock = new FakeClock();
  const at: number[] = [];
  let timeouts = 0;
  const begin = (): AcceptedInvite =>
    new AcceptedInvite({
      clock,
      t1: 500,
      t2: 4000,
      cseq: 1,
      inviteId: 'x',
      resend: () => at.push(clock.now()),
      onTimeout: () => (timeouts += 1),
    });
  const silent = begin();
  clock.advance(40_000);
  t.strictSame(at, [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
  t.equal(timeouts, 1);
  t.notOk(silent.acknowledge(), 'too late');
  at.length = 0;
  const answered = begin();
  clock.advance(600);
  t.ok(answered.acknowledge());
  t.notOk(answered.acknowledge(), 'a repeated ACK is not news');
  clock.advance(40_000);
  t.equal(at.length, 1);
  t.equal(timeouts, 1);
  t.strictSame(clock.running, []);
  t.end();
});
