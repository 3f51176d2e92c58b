// A small provider of OpenID Connect for tests: everybody who comes is the person that the test says, and each answer can be spoilt.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import type { Test } from 'tap';

interface Asked {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

export class FakeOidcProvider {
  /** Claims of the ID token, over the right ones. */
  claims: Record<string, unknown> = { preferred_username: 'anna' };
  /** Signs with a key that is not in its set. */
  isForged = false;
  readonly clientId = 'proffer';
  readonly secret = 'secret-of-the-client';
  issuer = '';
  readonly #asked = new Map<string, Asked>();

  static async start(t: Test): Promise<FakeOidcProvider> {
    const provider = new FakeOidcProvider();
    const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
    const server = createServer((request, response) => {
      const { issuer } = provider;
      const url = new URL(request.url ?? '', issuer);
      const send = (body: unknown, status = 200) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (url.pathname === '/.well-known/openid-configuration') {
        send({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
        });
        return;
      }
      if (url.pathname === '/jwks') {
        send({ keys: [jwk] });
        return;
      }
      if (url.pathname === '/authorize') {
        provider.#authorize(url.searchParams, response);
        return;
      }
      void provider.#token(request, provider.isForged ? other.privateKey : own.privateKey).then(
        (body) => send(body),
        (error: unknown) => send({ error: 'invalid_grant', error_description: String(error) }, 400),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => void server.close());
    provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return provider;
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = `code-${this.#asked.size}`;
    const redirectUri = query.get('redirect_uri') ?? '';
    this.#asked.set(code, {
      challenge: query.get('code_challenge') ?? '',
      nonce: query.get('nonce') ?? '',
      redirectUri,
    });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(request: IncomingMessage, key: CryptoKey): Promise<object> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const form = new URLSearchParams(text);
    const asked = this.#asked.get(form.get('code') ?? '');
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked?.challenge !== verifier) throw new Error('the verifier is another one');
    if (asked.redirectUri !== form.get('redirect_uri')) throw new Error('the address is another one');
    if (form.get('client_secret') !== this.secret) throw new Error('the secret is another one');
    const token = await new SignJWT({ nonce: asked.nonce, ...this.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(this.issuer)
      .setAudience(this.clientId)
      .setSubject('subject-1')
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(key);
    return { access_token: 'x', token_type: 'Bearer', expires_in: 300, id_token: token };
  }
}
