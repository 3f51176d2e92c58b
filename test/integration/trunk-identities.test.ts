// A trunk that is known by its TLS certificate besides its address: the real router, and peers with and without one.
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import t from 'tap';
import { CertificateFolder } from '../support/certificates.js';
import type { CertificateFiles } from '../support/certificates.js';
import { waitUntil } from '../support/child-process.js';
import { freePort, freePortPair } from '../support/free-port.js';
import { sumOf } from '../support/metrics-text.js';
import { RouterProcess } from '../support/router-process.js';

/** Sends OPTIONS over TLS. @returns the socket and what came back on it so far */
async function ask(port: number, authority: Buffer, shown?: CertificateFiles) {
  const own = shown && { cert: readFileSync(shown.certificate), key: readFileSync(shown.key) };
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca: authority, ...own });
  await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
  const heard = { text: '' };
  socket.setEncoding('latin1').on('data', (chunk) => (heard.text += String(chunk)));
  const name = Math.random().toString(36).slice(2);
  const lines = [
    'OPTIONS sip:127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK${name}`,
    'Max-Forwards: 70',
    `From: <sip:sbc@example.com>;tag=${name}`,
    'To: <sip:127.0.0.1>',
    `Call-ID: ${name}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return { socket, heard };
}

void t.test('only the certificate of the trunk opens it', async (t) => {
  const folder = await CertificateFolder.make(t);
  const elsewhere = await CertificateFolder.make(t, 'Another Authority');
  const [own, right, wrong, forged] = await Promise.all([
    folder.leaf('router'),
    folder.leaf('right', { dns: ['SBC.example.com'] }),
    folder.leaf('wrong', { dns: ['sbc.example.org'], cn: 'sbc.example.com' }),
    elsewhere.leaf('forged', { dns: ['sbc.example.com'] }),
  ]);
  const router = await RouterProcess.start({
    ports: [await freePortPair(), await freePort()],
    edit: ({ proffer, trunks }) => {
      proffer.sip = {
        ...proffer.sip,
        listen: ['sip:127.0.0.1:5060;transport=udp,tcp', 'sips:127.0.0.1:5061'],
        tls: { ...own, authorities: folder.authority, clientCertificates: 'request' },
      };
      for (const trunk of trunks.trunks ?? []) trunk.transports = ['udp', 'tcp'];
      const identified = { transports: ['tls' as const], tlsIdentities: ['sbc.example.com'] };
      trunks.trunks?.push({
        trunk: 'sbc',
        addresses: ['127.0.0.1'],
        ...identified,
        action: 'redirect',
        country: 'US',
      });
    },
  });
  t.teardown(() => router.stop());
  const port = router.sipPort + 1;
  const authority = readFileSync(folder.authority);
  const refused = await Promise.all([undefined, wrong, forged].map((one) => ask(port, authority, one)));
  await waitUntil('three were not let in', async () => {
    return sumOf(await router.metrics(), 'proffer_unknown_source_requests_total', {}) === 3;
  });
  const { socket, heard } = await ask(port, authority, right);
  await waitUntil('the trunk has its answer', () => heard.text.includes('\r\n\r\n'));
  t.match(heard.text, /^SIP\/2\.0 200 /);
  for (const [i, one] of refused.entries()) t.equal(one.heard.text, '', `no answer ${i}`);
  for (const one of [socket, ...refused.map((other) => other.socket)]) one.destroy();
  t.match(router.output, /not the certificate of the trunk/);
});
