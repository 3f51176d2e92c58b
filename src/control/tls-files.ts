// Certificates of the control port, from their files.
import { readFileSync } from 'node:fs';
import type { SecureVersion } from 'node:tls';
import { errorMessage } from '../kernel/index.js';
import { ControlListenError } from './tcp-listener.js';
import type { ControlTls } from './tcp-listener.js';

/** Paths of PEM files. */
export interface ControlTlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities?: string | undefined;
  /** Applications must show a certificate of the authorities. */
  readonly mustShowCertificate?: boolean;
  /** Default TLSv1.2. */
  readonly minVersion?: SecureVersion;
  /** As OpenSSL names them. */
  readonly ciphers?: string | undefined;
}

/** @throws ControlListenError CONTROL_CERTIFICATE */
export function readControlTls(files: ControlTlsFiles | undefined): ControlTls {
  if (files === undefined) {
    throw new ControlListenError(
      'CONTROL_CERTIFICATE',
      'applications over TLS need a certificate and its key',
    );
  }
  const { authorities, ciphers } = files;
  return {
    cert: read(files.certificate),
    key: read(files.key),
    minVersion: files.minVersion ?? 'TLSv1.2',
    requestCert: files.mustShowCertificate ?? false,
    ...(authorities === undefined ? {} : { ca: read(authorities) }),
    ...(ciphers === undefined ? {} : { ciphers }),
  };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = `${path} cannot be read: ${errorMessage(cause)}`;
    throw new ControlListenError('CONTROL_CERTIFICATE', why, { cause });
  }
}
