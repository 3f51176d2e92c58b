// Log-in at a provider of OpenID Connect: authorization code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 3.1). What the
// way back is checked against travels in a cookie that only routers of the same secret can read.
import { createHash, randomBytes } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import * as client from 'openid-client';
import { errorCode, errorMessage } from '../../../kernel/index.js';
import type { Logger } from '../../../kernel/index.js';
import type { ConsoleSettings } from '../sessions.js';

export type OidcSettings = NonNullable<ConsoleSettings['oidc']>;

export interface OidcProviderOptions {
  readonly settings: () => ConsoleSettings;
  /** PROFFER_OIDC_SECRET; undefined: the router is a public client, which PKCE guards alone. */
  readonly secret: string | undefined;
  readonly log: Logger;
}

export interface LoginStart {
  readonly url: string;
  /** For the cookie. */
  readonly state: string;
  readonly seconds: number;
}

/** Why nobody was recognised; the page to log in has words for each. */
export type OidcRefusal = 'expired' | 'refused' | 'provider-unavailable' | 'no-name';
export type OidcAnswer =
  { readonly kind: 'recognised'; readonly agent: string } | { readonly kind: OidcRefusal };

/** So long somebody may take at the provider, in seconds. */
const loginSeconds = 600;
const timeoutSeconds = 5;
const audience = 'proffer oidc state';

export class OidcProvider {
  readonly #options: OidcProviderOptions;
  readonly #key: Uint8Array;
  #found: { readonly of: string; readonly configuration: Promise<client.Configuration> } | undefined;

  constructor(options: OidcProviderOptions) {
    this.#options = options;
    const { secret } = options;
    // Of a secret that routers share the key is the same, so that any of them may see the person come back.
    this.#key =
      secret === undefined ? randomBytes(32) : createHash('sha256').update(`${audience}\0${secret}`).digest();
  }

  /** Undefined: the settings name none. */
  get settings(): OidcSettings | undefined {
    const { oidc, publicUrl } = this.#options.settings();
    return publicUrl === undefined ? undefined : oidc;
  }

  /** Undefined: the provider cannot be asked now. */
  async begin(oidc: OidcSettings): Promise<LoginStart | undefined> {
    try {
      const configuration = await this.#configuration(oidc);
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: this.#returnUrl,
        scope: oidc.scopes,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      const sealed = await new EncryptJWT({ verifier, state, nonce })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(audience)
        .setExpirationTime(`${loginSeconds} seconds`)
        .encrypt(this.#key);
      return { url: url.href, state: sealed, seconds: loginSeconds };
    } catch (error) {
      this.#note(error);
      return undefined;
    }
  }

  /** @param query of the way back @param sealed the cookie */
  async finish(oidc: OidcSettings, query: string, sealed: string | undefined): Promise<OidcAnswer> {
    const expected = sealed === undefined ? undefined : await this.#unseal(sealed);
    if (expected === undefined) return { kind: 'expired' };
    try {
      const configuration = await this.#configuration(oidc);
      const tokens = await client.authorizationCodeGrant(
        configuration,
        new URL(`${this.#returnUrl}?${query}`),
        {
          pkceCodeVerifier: expected.verifier,
          expectedState: expected.state,
          expectedNonce: expected.nonce,
          idTokenExpected: true,
        },
      );
      const agent = tokens.claims()?.[oidc.agentClaim];
      return typeof agent === 'string' && agent !== '' && agent.length <= 64
        ? { kind: 'recognised', agent }
        : { kind: 'no-name' };
    } catch (error) {
      this.#note(error);
      return { kind: isOfProvider(error) ? 'refused' : 'provider-unavailable' };
    }
  }

  get #returnUrl(): string {
    const { publicUrl = '' } = this.#options.settings();
    return `${publicUrl.replace(/\/$/, '')}/v1/session/oidc/callback`;
  }

  async #unseal(sealed: string) {
    try {
      const { payload } = await jwtDecrypt(sealed, this.#key, { audience });
      const { verifier, state, nonce } = payload;
      if (typeof verifier !== 'string' || typeof state !== 'string' || typeof nonce !== 'string')
        return undefined;
      return { verifier, state, nonce };
    } catch {
      return undefined;
    }
  }

  /** Asked once; again after a failure and for other settings. */
  #configuration({ issuer, clientId }: OidcSettings): Promise<client.Configuration> {
    const of = `${issuer} ${clientId}`;
    if (this.#found?.of === of) return this.#found.configuration;
    const { secret } = this.#options;
    const configuration = client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      secret === undefined ? client.None() : client.ClientSecretPost(secret),
      {
        timeout: timeoutSeconds,
        execute: [
          // Signatures of ID tokens count, though they come straight from the provider.
          client.enableNonRepudiationChecks,
          // The settings let http be used for loopback addresses alone.
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out
          ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
        ],
      },
    );
    this.#found = { of, configuration };
    configuration.catch(() => {
      if (this.#found?.configuration === configuration) this.#found = undefined;
    });
    return configuration;
  }

  #note(error: unknown): void {
    this.#options.log.warn({ code: errorCode(error), reason: errorMessage(error) }, 'oidc log-in failed');
  }
}

/** The provider answered, and what it said was no, or is not to be trusted; else it could not be asked. */
function isOfProvider(error: unknown): boolean {
  const code = errorCode(error);
  return (
    code !== undefined && code.startsWith('OAUTH_') && code !== 'OAUTH_TIMEOUT' && code !== 'OAUTH_ABORT'
  );
}
