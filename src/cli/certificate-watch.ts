// Certificates that change while calls run: the files of sip.tls are watched and handed to the engine anew.
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorMessage, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { TlsFiles } from '../sip/index.js';

/** What has the certificates. */
export interface CertificateUser {
  reloadCertificates(): Promise<void>;
  readonly certificateEnd: Date | undefined;
}

/** Quiet time after an event: certificate and key are two files, and written one after the other. */
const DEBOUNCE_MS = 1000;
/** Where no event comes: a network file system, or a link to a file elsewhere. */
const POLL_MS = 60_000;
/** A certificate that ends sooner than this is warned of at every look that took it over. */
const WARN_MS = 14 * 86_400_000;

export interface CertificateWatchOptions {
  readonly files: TlsFiles;
  readonly user: CertificateUser;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A part of the process: from `start` to `stop` the files are watched. */
export class CertificateWatch {
  readonly name = 'certificates';
  readonly #options: CertificateWatchOptions;
  readonly #timers: TimerSet;
  readonly #paths: readonly string[];
  #watchers: FSWatcher[] = [];
  #signature = '';
  #work: Promise<void> = Promise.resolve();

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
    const { certificate, key, authorities } = options.files;
    this.#paths = [certificate, key, ...(authorities === undefined ? [] : [authorities])];
  }

  async start(): Promise<void> {
    this.#signature = await this.#sign();
    this.#warnOfEnd();
    // Files are replaced by rename, so their directories are watched.
    for (const directory of new Set(this.#paths.map((path) => dirname(path)))) this.#watch(directory);
    this.#poll();
  }

  async stop(): Promise<void> {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
    this.#timers.cancelAll();
    await this.#work;
  }

  /** Looks at the files; resolves when what changed was taken over or refused. @param force changed or not (SIGHUP) */
  check(force = false): Promise<void> {
    this.#work = this.#work.then(async () => this.#look(force));
    return this.#work;
  }

  async #look(force: boolean): Promise<void> {
    const signature = await this.#sign();
    if (signature === this.#signature && !force) return;
    this.#signature = signature;
    const { user, log } = this.#options;
    try {
      await user.reloadCertificates();
      log.info({ validTo: user.certificateEnd?.toISOString() }, 'sip certificates taken over');
      this.#warnOfEnd();
    } catch (error) {
      log.error({ reason: errorMessage(error) }, 'sip certificates not taken over, the old ones stay');
    }
  }

  async #sign(): Promise<string> {
    const parts = await Promise.all(
      this.#paths.map(async (path) => {
        try {
          const { ino, size, mtimeMs, ctimeMs } = await stat(path);
          return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
        } catch {
          return '-';
        }
      }),
    );
    return parts.join(',');
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, () => this.#soon());
      // A directory that was removed, or a limit of the system: polling goes on.
      watcher.on('error', () => watcher.close());
      this.#watchers.push(watcher);
    } catch (error) {
      this.#options.log.debug({ err: error, directory }, 'directory of certificates is polled');
    }
  }

  #soon(): void {
    this.#timers.start('certificates', DEBOUNCE_MS, () => void this.check());
  }

  #poll(): void {
    this.#timers.start('certificate-poll', POLL_MS, () => {
      void this.check();
      this.#poll();
    });
  }

  #warnOfEnd(): void {
    const { user, clock, log } = this.#options;
    const end = user.certificateEnd;
    if (end === undefined || end.getTime() - clock.wallNow() > WARN_MS) return;
    log.warn({ validTo: end.toISOString() }, 'sip certificate ends soon or has ended');
  }
}
