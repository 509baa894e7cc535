import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Caller, createIdentitySigner, readPrivateKey } from '@localplus/identity';
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import type { Platform } from './start-platform.ts';

const tokenLifetimeS = 3_600;

/** A login at the development issuer, and a token of it. */
export interface Login {
  issuer: string;
  subject: string;
  token: string;
}

/** What a token may say otherwise than a good one. */
export interface TokenOptions {
  subject?: string;
  /** Seconds from now until it expires; negative for one that has expired. */
  expiresInS?: number;
  /** Signs instead of the development issuer's key. */
  key?: JWK;
}

function readKey(platform: Platform, name: string): JWK {
  return JSON.parse(readFileSync(join(platform.stateDirectory, 'keys', `${name}.json`), 'utf8')) as JWK;
}

/** Makes a login as the development issuer would: its key, its issuer, its audience. */
export async function makeLogin(platform: Platform, options: TokenOptions = {}): Promise<Login> {
  const { iss: issuer = '', aud: audience = '' } = decodeJwt(platform.run().tokens.platformOperator);
  const subject = options.subject ?? `e2e-${randomUUID()}`;
  const key = options.key ?? readKey(platform, 'development-issuer');
  const nowS = Math.floor(Date.now() / 1_000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid ?? 'development-issuer' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(nowS - tokenLifetimeS)
    .setExpirationTime(nowS + (options.expiresInS ?? tokenLifetimeS))
    .sign(await importJWK(key, 'EdDSA'));
  return { issuer, subject, token };
}

/** Signs an internal identity for the caller with the gateway's own key, to speak with a subgraph directly. */
export async function signAsGateway(platform: Platform, caller: Caller): Promise<string> {
  const signer = await createIdentitySigner(await readPrivateKey(join(platform.stateDirectory, 'keys/gateway.json')));
  return signer.sign(caller);
}
