import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { findFreePorts } from '../e2e/platform/free-ports.ts';

const audience = 'till-and-phone';
const algorithm = 'ES256';

/** An issuer of tokens as an operator would have one, at a port of this machine. */
export interface TestIssuer {
  issuer: string;
  audience: string;
  jwksUrl: string;
  /** A token for the subject, valid for an hour. */
  sign(subject: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts an issuer with a key of its own. */
export async function startTestIssuer(): Promise<TestIssuer> {
  const keyId = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' }] });
  const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(keys));
  const [port = 0] = await findFreePorts(1);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${port}/realms/shops`;
  return {
    issuer,
    audience,
    jwksUrl: `${issuer}/keys`,
    sign: (subject) =>
      new SignJWT()
        .setProtectedHeader({ alg: algorithm, kid: keyId })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
