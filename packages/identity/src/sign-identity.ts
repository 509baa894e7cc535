import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller, ServiceName } from './caller.ts';

/** Short, because a stolen identity cannot be revoked; long enough that signing is rare. */
export const identityLifetimeS = 60;
/** A cached token is used for half of its life, so that every hop behind still finds it valid. */
const cachedForMs = (identityLifetimeS * 1_000) / 2;
/** Bounds the memory of the cache: about 1 kB an entry. */
const cachedCallersMax = 10_000;

/** Signs internal identities with the key of this process. */
export interface IdentitySigner {
  /** A token for the caller, valid for at least 30 s. */
  sign(caller: Caller): Promise<string>;
  /** A token with which this process speaks for itself. */
  signOwn(): Promise<string>;
}

/** @param privateKey the process's private JWK; its `kid` becomes the issuer */
export async function createIdentitySigner(privateKey: JWK & { kid: ServiceName }): Promise<IdentitySigner> {
  const key = (await importJWK(privateKey, 'EdDSA')) as CryptoKey;
  const cache = new LRUCache<string, Promise<string>>({ max: cachedCallersMax, ttl: cachedForMs });
  const own: Caller = { kind: 'service', service: privateKey.kid };

  const issue = (caller: Caller) =>
    new SignJWT({ caller })
      .setProtectedHeader({ alg: 'EdDSA', kid: privateKey.kid })
      .setIssuer(privateKey.kid)
      .setAudience('localplus-internal')
      .setIssuedAt()
      .setExpirationTime(`${identityLifetimeS}s`)
      .sign(key);

  const sign = (caller: Caller) => {
    const cacheKey = JSON.stringify(caller);
    let token = cache.get(cacheKey);
    if (token === undefined) {
      token = issue(caller);
      cache.set(cacheKey, token);
    }
    return token;
  };
  return { sign, signOwn: () => sign(own) };
}
