import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const audience = 'localplus';

/** What a token of the provider says. */
export interface TokenOptions {
  expiresInS?: number;
  audience?: string;
  issuer?: string;
  isForeign?: boolean;
}

/** An OIDC issuer on a real port, as far as the gateway sees one: its key set, and tokens. */
export async function startIdentityProvider() {
  const [own, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'key-1', alg: 'ES256' };
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    audience,
    jwksUrl: `${issuer}/jwks`,
    token: (subject: string, options: TokenOptions = {}): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'key-1' })
        .setIssuer(options.issuer ?? issuer)
        .setAudience(options.audience ?? audience)
        .setSubject(subject)
        .setExpirationTime(Math.floor(Date.now() / 1_000) + (options.expiresInS ?? 600))
        .sign(options.isForeign ? foreign.privateKey : own.privateKey),
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
