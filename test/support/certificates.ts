// Certificates for tests of TLS: an authority, and what it signs, as PEM files of a temporary folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { CertificateExtension, SubjectAltNameEntry } from 'selfsigned';
import type { Test } from 'tap';

export interface LeafOptions {
  readonly cn?: string;
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
  readonly uris?: readonly string[];
  readonly notAfter?: Date;
}

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export class CertificateFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'proffer-certificates-'));
  /** The file of the authority's certificate. */
  readonly authority = join(this.path, 'authority.pem');
  readonly #ca: { readonly cert: string; readonly key: string };

  private constructor(ca: { readonly cert: string; readonly key: string }) {
    this.#ca = ca;
    writeFileSync(this.authority, ca.cert);
  }

  /** A folder with an authority of its own, removed when the test ends. */
  static async make(t: Test, name = 'Test Authority'): Promise<CertificateFolder> {
    const made = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
      ],
    });
    const folder = new CertificateFolder({ cert: made.cert, key: made.private });
    t.teardown(() => folder.remove());
    return folder;
  }

  /** Writes `NAME.pem` and `NAME.key`, over what is there; without names it is for 127.0.0.1 and ::1. */
  async leaf(name: string, options: LeafOptions = { ips: ['127.0.0.1', '::1'] }): Promise<CertificateFiles> {
    const altNames: SubjectAltNameEntry[] = [
      ...(options.dns ?? []).map((value) => ({ type: 2, value }) as const),
      ...(options.uris ?? []).map((value) => ({ type: 6, value }) as const),
      ...(options.ips ?? []).map((ip) => ({ type: 7, ip }) as const),
    ];
    const extensions: CertificateExtension[] = [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    ];
    if (altNames.length > 0) extensions.push({ name: 'subjectAltName', altNames });
    const end = options.notAfter;
    const made = await generate([{ name: 'commonName', value: options.cn ?? name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: this.#ca,
      extensions,
      ...(end === undefined
        ? {}
        : { notAfterDate: end, notBeforeDate: new Date(end.getTime() - 86_400_000) }),
    });
    const files = { certificate: join(this.path, `${name}.pem`), key: join(this.path, `${name}.key`) };
    writeFileSync(files.certificate, made.cert);
    writeFileSync(files.key, made.private, { mode: 0o600 });
    return files;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
