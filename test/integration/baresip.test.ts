// baresip as a real telephone on either side of the router: calls over UDP, TCP and TLS, held, resumed, transferred, hung up.
import { once } from 'node:events';
import { connect } from 'node:tls';
import t from 'tap';
import { Baresip, baresipMissing } from '../support/baresip.js';
import { CertificateFolder } from '../support/certificates.js';
import { freePort, freePortPair } from '../support/free-port.js';
import { sumOf } from '../support/metrics-text.js';
import { RouterProcess } from '../support/router-process.js';
import { waitUntil } from '../support/child-process.js';

const skip = baresipMissing() ?? false;
/** Every queue of the shipped centres, so that the telephone there answers whichever is chosen. */
const queues = ['acme-sales', 'borealis-sales', 'service', 'digital'];

/** Whose certificate a TLS listener shows. */
async function subjectOf(port: number): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().subject;
    return typeof CN === 'string' ? CN : CN?.[0];
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

void t.test('baresip', { skip }, async (t) => {
  const folder = await CertificateFolder.make(t);
  const tls = { ...(await folder.leaf('router')), authority: folder.authority };
  const [sip, phone, east, other] = [
    await freePortPair(),
    await freePortPair(),
    await freePortPair(),
    await freePortPair(),
  ];
  const [http, west] = [await freePort(), await freePort()];
  const router = await RouterProcess.start({
    ports: [sip, http],
    centres: { east: east + 1, west, overflow: west },
    edit: (draft) => {
      // The centre is called over TLS, whatever the caller comes by.
      for (const centre of draft.centres.centres ?? [])
        if (centre.centre === 'east') centre.transport = 'tls';
      for (const trunk of draft.trunks.trunks ?? []) trunk.action = 'b2bua';
      const { certificate, key, authority } = tls;
      draft.proffer.sip = {
        ...draft.proffer.sip,
        listen: ['sip:127.0.0.1:5060;transport=udp,tcp', 'sips:127.0.0.1:5061'],
        tls: { certificate, key, authorities: authority, clientCertificates: 'request' },
      };
    },
  });
  t.teardown(() => router.stop());
  const centre = await Baresip.start({ users: queues, port: east, answers: true, tls });
  t.teardown(() => centre.stop());
  const third = await Baresip.start({ users: ['carol'], port: other, answers: true });
  t.teardown(() => third.stop());
  await waitUntil('the centre is up', async () => {
    const samples = await router.metrics();
    return sumOf(samples, 'proffer_destination_up', { destination: 'east/service' }) === 1;
  });

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    await t.test(`over ${transport}`, async (t) => {
      const where = `sip:127.0.0.1:${transport === 'tls' ? sip + 1 : sip};transport=${transport}`;
      const caller = await Baresip.start({
        users: ['+15550100001'],
        port: phone,
        outbound: where,
        tls,
        registerSeconds: 60,
      });
      t.teardown(() => caller.stop());
      // Told before the control port is open, as often as not.
      await waitUntil('the registration is answered', () => / 40\d /.test(caller.output));
      t.match(caller.output, /: (403|405) /, 'a registration is refused politely, and it goes on');

      const called = `sip:+18005550100@${where.slice(4)}`;
      caller.command('dial', called);
      await centre.heard('CALL_ESTABLISHED');
      await caller.heard('CALL_ESTABLISHED');
      caller.command('hold');
      await centre.heard('CALL_REMOTE_SDP');
      caller.command('resume');
      await centre.heard('CALL_REMOTE_SDP');
      t.equal(caller.events.filter(({ type }) => type === 'CALL_CLOSED').length, 0, 'held and resumed');
      caller.command('hangup');
      await centre.heard('CALL_CLOSED');
      await caller.heard('CALL_CLOSED');
      if (transport === 'tls') {
        t.match(await subjectOf(sip + 1), 'router');
        await folder.leaf('router', { cn: 'renewed', ips: ['127.0.0.1'] });
        router.child.signal('SIGHUP');
        await waitUntil('the new certificate is shown', async () => (await subjectOf(sip + 1)) === 'renewed');
      }

      caller.command('dial', called);
      await caller.heard('CALL_ESTABLISHED');
      await centre.heard('CALL_ESTABLISHED');
      centre.command('hangup');
      await caller.heard('CALL_CLOSED');
      await centre.heard('CALL_CLOSED');

      caller.command('dial', called);
      await caller.heard('CALL_ESTABLISHED');
      await centre.heard('CALL_ESTABLISHED');
      caller.command('transfer', `sip:carol@127.0.0.1:${other}`);
      await third.heard('CALL_ESTABLISHED');
      await caller.heard('CALL_CLOSED');
      third.command('hangup');
      await centre.heard('CALL_CLOSED');
      t.equal(router.child.hasExited, false, 'transferred');
    });
  }
});
