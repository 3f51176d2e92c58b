// A front desk on `proffer engine` (or on a drachtio-server, which is the same to it): who calls a number of the list is connected to the
// first destination that answers; everybody else hears why not. OPTIONS are answered, so that a trunk sees that somebody is there.
//
//   DRACHTIO_SECRET=change-me node docs/examples/engine/front-desk.mjs 127.0.0.1:9022 +18005550100=sip:127.0.0.1:5090
import Srf from 'drachtio-srf';

const [control = '127.0.0.1:9022', ...lines] = process.argv.slice(2);
/** Destinations by the number that is called: `+1800...=sip:first,sip:second`. */
const desks = new Map(
  lines.map((line) => line.split('=')).map(([number, uris]) => [number, uris.split(',')]),
);

const srf = new Srf();
const [host, port] = control.split(':');
srf.connect({ host, port: Number(port), secret: process.env.DRACHTIO_SECRET });
srf.on('connect', (error, hostPort) => console.log(error ?? `connected, SIP on ${hostPort}`));
srf.on('error', (error) => console.error(error.message));

srf.options((_req, res) => res.send(200));

srf.invite(async (req, res) => {
  const uris = desks.get(req.calledNumber);
  if (uris === undefined) return res.send(404);
  // First of all: whoever gives up before somebody answers says so only once.
  let hasGivenUp = false;
  req.on('cancel', () => (hasGivenUp = true));
  for (const uri of uris) {
    try {
      const headers = { 'X-Called': req.calledNumber };
      const { uas, uac } = await srf.createB2BUA(req, res, uri, { headers, passFailure: false });
      uas.on('destroy', () => uac.destroy());
      uac.on('destroy', () => uas.destroy());
      return console.log(`${req.callingNumber} talks to ${uri}`);
    } catch (error) {
      if (hasGivenUp) return console.log(`${req.callingNumber} gave up`);
      console.log(`${uri}: ${error.status ?? error.message}`);
    }
  }
  return res.send(480);
});
