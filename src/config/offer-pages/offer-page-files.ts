// Pages of offers: Markdown files OFFER.md and OFFER.LANGUAGE.md in a directory beside the settings.
import { createHash } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError, errorCode, errorMessage, makeDirectory, randomHex } from '../../kernel/index.js';

/** Thrown when a page is there and cannot be read, or cannot be written. */
export class OfferPageFileError extends AppError {
  constructor(file: string, what: string, cause?: unknown) {
    super('OFFER_PAGE_FILE', `${file} ${what}`, { cause });
  }
}

export interface OfferPageFile {
  /** Of the bytes. */
  readonly version: string;
  readonly markdown: string;
}

export type OfferPageWrite =
  | { readonly kind: 'written'; readonly version: string }
  | { readonly kind: 'removed' }
  | { readonly kind: 'conflict'; readonly version: string | undefined };

/** Language of the files without one in their name. */
export const firstPageLanguage = 'en';
/** A page longer than this is refused, in bytes. */
export const maxPageBytes = 65_536;

const offerPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const languagePattern = /^[a-z]{2}$/;
const fileMode = 0o644;

export class OfferPageFiles {
  readonly #directory: string;
  /** The last write of all files: one after the other, so that of two versions of one file one is a conflict. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param configDir the directory of the settings */
  constructor(configDir: string) {
    this.#directory = path.join(configDir, 'offer-pages');
  }

  /**
   * Languages of each offer that has pages. Offers are told from languages by `isOffer`: of the offers X and X.es the file X.es.md is
   * the page of the second.
   * @throws OfferPageFileError
   */
  async languages(isOffer: (offer: string) => boolean): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    for (const name of (await this.#names()).sort()) {
      if (!name.endsWith('.md')) continue;
      const stem = name.slice(0, -3);
      const [, offer = '', language = ''] = /^(.+)\.([a-z]{2})$/.exec(stem) ?? [];
      const [of, spoken] = isOffer(stem)
        ? [stem, firstPageLanguage]
        : isOffer(offer)
          ? [offer, language]
          : [undefined, ''];
      if (of !== undefined)
        found.set(
          of,
          spoken === firstPageLanguage
            ? [spoken, ...(found.get(of) ?? [])]
            : [...(found.get(of) ?? []), spoken],
        );
    }
    return found;
  }

  /** Undefined where there is none. @throws OfferPageFileError */
  async read(offer: string, language: string): Promise<OfferPageFile | undefined> {
    const file = this.#file(offer, language);
    let handle;
    try {
      handle = await open(file, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw new OfferPageFileError(file, `cannot be read: ${errorMessage(error)}`, error);
    }
    try {
      // One byte more than is allowed, and never the whole of what somebody put there.
      const buffer = Buffer.alloc(maxPageBytes + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      if (bytesRead > maxPageBytes)
        throw new OfferPageFileError(file, `is longer than ${maxPageBytes} bytes`);
      const bytes = buffer.subarray(0, bytesRead);
      return { version: versionOf(bytes), markdown: bytes.toString('utf8') };
    } catch (error) {
      if (error instanceof OfferPageFileError) throw error;
      throw new OfferPageFileError(file, `cannot be read: ${errorMessage(error)}`, error);
    } finally {
      await handle.close();
    }
  }

  /**
   * Puts a page in place of the one of `version`; whoever reads meanwhile reads the one or the other.
   * @param version undefined: there is to be none yet
   * @throws OfferPageFileError
   */
  write(
    offer: string,
    language: string,
    { markdown, version }: { readonly markdown: string; readonly version: string | undefined },
  ): Promise<OfferPageWrite> {
    const done = this.#last.then(() =>
      this.#write(this.#file(offer, language), markdown, async () => {
        const now = await this.read(offer, language);
        return now?.version === version ? undefined : { kind: 'conflict', version: now?.version };
      }),
    );
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(
    file: string,
    markdown: string,
    conflict: () => Promise<OfferPageWrite | undefined>,
  ): Promise<OfferPageWrite> {
    const bytes = Buffer.from(markdown, 'utf8');
    if (bytes.length > maxPageBytes)
      throw new OfferPageFileError(file, `would be longer than ${maxPageBytes} bytes`);
    const found = await conflict();
    if (found !== undefined) return found;
    try {
      if (markdown.trim() === '') {
        await rm(file, { force: true });
        return { kind: 'removed' };
      }
      makeDirectory(this.#directory);
      const partial = `${file}.${randomHex(4)}.partial`;
      const handle = await open(partial, 'wx', fileMode);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, file).catch(async (error: unknown) => {
        await rm(partial, { force: true });
        throw error;
      });
      return { kind: 'written', version: versionOf(bytes) };
    } catch (error) {
      throw new OfferPageFileError(file, `cannot be written: ${errorMessage(error)}`, error);
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#directory);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw new OfferPageFileError(this.#directory, `cannot be read: ${errorMessage(error)}`, error);
    }
  }

  /** Neither part can name another directory, whatever a caller checked before. */
  #file(offer: string, language: string): string {
    if (!offerPattern.test(offer) || !languagePattern.test(language)) {
      throw new OfferPageFileError(this.#directory, 'has pages of offers and languages alone');
    }
    const name = language === firstPageLanguage ? offer : `${offer}.${language}`;
    return path.join(this.#directory, `${name}.md`);
  }
}

function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
