// The files of TLS, of SIP and of the control port. drachtio-server sends what --chain-file holds behind its certificate; here the
// certificate file holds both, as those of certbot (fullchain.pem) do, and the chain is what clients are verified against.
import { readFileSync } from 'node:fs';
import type { ValueReader } from './value-reader.js';

export interface EngineTlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string | undefined;
  readonly mustShowCertificate: boolean;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers: string | undefined;
}

export interface ReadTls {
  readonly files: EngineTlsFiles | undefined;
  readonly warnings: readonly string[];
}

const nowhere = { file: '', field: '', value: '' };

export function readTls(reader: ValueReader): ReadTls {
  const certificate = reader.text('certFile');
  const key = reader.text('keyFile');
  const chain = reader.text('chainFile');
  const version = reader.said('minTlsVersion');
  if (version !== undefined && !/^1(\.[0-3])?$/.test(version.value)) {
    reader.refuse(version, 'is no TLS version: 1.2 or 1.3');
  }
  const own = certificate ?? chain;
  if ((own === undefined) !== (key === undefined)) {
    const said = reader.said('certFile') ?? reader.said('chainFile') ?? reader.said('keyFile') ?? nowhere;
    reader.refuse(said, `needs ${key === undefined ? '--key-file' : '--cert-file'} as well`);
  }
  if (own === undefined || key === undefined) return { files: undefined, warnings: [] };
  const mustShowCertificate = reader.flag('verifyClient') ?? false;
  const isWhole = chain !== undefined && isChainOf(chain, own);
  const isLost = chain !== undefined && !isWhole && !mustShowCertificate;
  return {
    files: {
      certificate: isWhole ? chain : own,
      key,
      authorities: mustShowCertificate ? chain : undefined,
      mustShowCertificate,
      minVersion: version?.value === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
      ciphers: reader.text('tlsCipherlist'),
    },
    warnings: isLost
      ? [`${chain} is not sent to peers; let --cert-file hold the certificate and its chain (fullchain.pem)`]
      : [],
  };
}

/** `chain` begins with the certificate. A file that cannot be read is told of when it is used. */
function isChainOf(chain: string, certificate: string): boolean {
  try {
    const own = readFileSync(certificate, 'latin1').trim();
    return own !== '' && readFileSync(chain, 'latin1').trimStart().startsWith(own);
  } catch {
    return false;
  }
}
