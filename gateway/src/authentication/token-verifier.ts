import type { Logger } from '@localplus/logging';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { requestFailure } from '../errors/request-failure.ts';

/** Clocks of the identity provider and of this machine may differ by this much. */
const clockToleranceS = 5;
/** A provider that does not answer in this time is down for the request that waits. */
const providerTimeoutMs = 2_000;
/** An unknown key makes the key set be read again, but not more often than this: strangers choose the key's name. */
const keySetCooldownMs = 10_000;
const algorithms = ['EdDSA', 'ES256', 'RS256'];
/** Every request of a session brings the same token: verifying it once a minute is enough, and a key that was withdrawn ends then. */
const verifiedForMs = 60_000;
const verifiedTokensMax = 10_000;

/** What a verified token proves: which login, and until when. */
export interface VerifiedLogin {
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAtMs: number;
}

/** Verifies the tokens of the identity provider. */
export interface TokenVerifier {
  /** @throws RequestFailure UNAUTHENTICATED, TOKEN_EXPIRED, AUTHENTICATION_UNAVAILABLE */
  verify(token: string): Promise<VerifiedLogin>;
}

interface TokenVerifierOptions {
  issuer: string;
  audience: string;
  jwksUrl: string;
  logger: Logger;
}

/** The key set could not be read, which says nothing about the token. */
function isProviderFailure(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}

/** Verifies tokens by the provider's published keys (JWKS). The signature is looked at first: a foreign token is never "expired". */
export function createTokenVerifier({ issuer, audience, jwksUrl, logger }: TokenVerifierOptions): TokenVerifier {
  const keySet = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: providerTimeoutMs,
    cooldownDuration: keySetCooldownMs,
  });
  const verified = new LRUCache<string, VerifiedLogin>({ max: verifiedTokensMax, ttl: verifiedForMs });

  const read = async (token: string): Promise<VerifiedLogin> => {
    const { payload } = await jwtVerify(token, keySet, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceS,
      requiredClaims: ['exp', 'sub'],
    });
    const { sub: subject, exp: expiresAtS } = payload;
    if (!subject || expiresAtS === undefined) throw new errors.JWTInvalid('The token names nobody.');
    return { issuer, subject, expiresAtMs: (expiresAtS + clockToleranceS) * 1_000 };
  };

  return {
    async verify(token) {
      const known = verified.get(token);
      if (known && known.expiresAtMs > Date.now()) return known;
      const login = await read(token).catch((error: unknown) => {
        if (error instanceof errors.JWTExpired) throw requestFailure('TOKEN_EXPIRED');
        if (!isProviderFailure(error)) throw requestFailure('UNAUTHENTICATED');
        logger.error({ err: error }, 'the identity provider could not be asked for its keys');
        throw requestFailure('AUTHENTICATION_UNAVAILABLE');
      });
      verified.set(token, login);
      return login;
    },
  };
}
