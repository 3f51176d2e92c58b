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
  /** Replaces the event socket of the centre that is named, or of the first centre. */
  readonly freeswitchEsl: readonly EventSocketAddress[] | undefined;
  /** Password of every event socket. Default what FreeSWITCH is shipped with. */
  readonly freeswitchSecret: string;
  /** What callers of the HTTP API under /v1 show; without it that API is closed. */
  readonly apiToken: string | undefined;
  /** Of the router at the OpenID Connect provider of console.oidc. */
  readonly oidcSecret: string | undefined;
  /** Key of the hashes under which account numbers and secrets are stored. */
  readonly identityKey: string | undefined;
  /** Keys that were PROFFER_IDENTITY_KEY before: hashes under them still match, and are made anew under the present one then. */
  readonly previousIdentityKeys: readonly string[];
}

export interface EventSocketAddress {
  /** Undefined: the first centre of centres.yaml. */
  readonly centre: string | undefined;
  readonly host: string;
  readonly port: number;
}
