// The whole of the settings: what the loader returns, frozen, after every check passed.
import type { CentresSettings } from './schema/centres.js';
import type { OffersSettings } from './schema/offers.js';
import type { PartnersSettings } from './schema/partners.js';
import type { RankingSettings } from './schema/ranking.js';
import type { ProcessSettings } from './schema/process.js';
import type { TrunksSettings } from './schema/trunks.js';

/** One consistent set of settings. A reload makes a new one; nothing in it ever changes. */
export interface Settings {
  readonly process: ProcessSettings;
  readonly trunks: TrunksSettings;
  readonly partners: PartnersSettings;
  readonly centres: CentresSettings;
  readonly offers: OffersSettings;
  readonly ranking: RankingSettings;
}

/** What the environment says (design, section 7). Secrets live here and nowhere else; never logged. */
export interface Environment {
  readonly dataDir: string;
  readonly configDir: string;
  readonly sipPort: number | undefined;
  readonly httpPort: number | undefined;
  readonly redisUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly drachtioHost: string | undefined;
  readonly drachtioPort: number | undefined;
  readonly drachtioSecret: string | undefined;
}
