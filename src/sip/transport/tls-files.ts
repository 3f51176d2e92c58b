// The certificate, key and authorities that TLS of SIP works with (RFC 3261 26.3.1), read from PEM files and checked
// before anything uses them, so that a mistake is told by the name of its file.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorCode, errorMessage } from '../../kernel/index.js';
import { SipTransportError } from '../errors.js';

/** Paths of PEM files. */
export interface TlsFiles {
  /** Our certificate, followed by those of its intermediate authorities. */
  readonly certificate: string;
  /** Its private key, without a passphrase. */
  readonly key: string;
  /** Authorities whose certificates peers may show; without it those that Node.js knows. */
  readonly authorities?: string;
  /** Whether peers that connect to us are asked for a certificate, and refused without a good one. */
  readonly clientCertificates: 'ignore' | 'request' | 'require';
}

/** What the files hold. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  /** When our certificate ends. */
  readonly validTo: Date;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** @throws SipTransportError SIP_TLS_CERTIFICATE that names the file and what to do about it */
export async function loadTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const [cert, key, ca] = await Promise.all([
    read('certificate', files.certificate),
    read('key', files.key),
    files.authorities === undefined ? undefined : read('authorities', files.authorities),
  ]);
  const [own] = certificatesIn(cert, 'certificate', files.certificate);
  if (ca !== undefined) certificatesIn(ca, 'authorities', files.authorities ?? '');
  const privateKey = keyIn(key, files.key);
  if (own?.checkPrivateKey(privateKey) !== true) {
    throw unusable(
      'key',
      `the key ${files.key} does not belong to the first certificate of ${files.certificate}; ` +
        'put our own certificate first and give the key it was made for',
    );
  }
  return { cert, key, ca, validTo: new Date(own.validTo) };
}

type Part = 'certificate' | 'key' | 'authorities';

async function read(what: Part, path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    const code = errorCode(error);
    const why =
      code === 'ENOENT'
        ? 'there is no such file; correct its path'
        : code === 'EACCES'
          ? 'this process may not read it; change its owner or mode'
          : code === 'EISDIR'
            ? 'it is a directory; give the path of a PEM file'
            : errorMessage(error);
    throw unusable(what, `the ${what} ${path} cannot be read: ${why}`, error);
  }
}

function certificatesIn(text: string, what: Part, path: string): X509Certificate[] {
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) {
    throw unusable(
      what,
      `the ${what} ${path} has no certificate; it must be a PEM file with BEGIN CERTIFICATE`,
    );
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      const why = `the ${what} ${path} has a certificate that cannot be read: ${errorMessage(error)}`;
      throw unusable(what, why, error);
    }
  });
}

function keyIn(text: string, path: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw unusable(
      'key',
      `the key ${path} has a passphrase; write it without one, readable by this process alone`,
    );
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw unusable('key', `the key ${path} is no private key in PEM form: ${errorMessage(error)}`, error);
  }
}

const unusable = (part: Part, message: string, cause?: unknown): SipTransportError =>
  new SipTransportError('SIP_TLS_CERTIFICATE', message, { cause, fields: { part } });
