import { createLocalJWKSet, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Caller, callerSchema } from './caller.ts';
import type { InternalKeySet } from './internal-keys.ts';
import { identityLifetimeS } from './sign-identity.ts';

/** Clocks of two machines of one installation differ by less. */
const clockToleranceS = 5;
/** Verified tokens are remembered: the same one comes with every request of a caller for half a minute. */
const rememberedTokensMax = 10_000;

/** The internal identity is missing, malformed, expired, or claims what its issuer may not vouch for. */
export class IdentityRefused extends Error {
  constructor(reason: string) {
    super(`The internal identity was refused: ${reason}.`);
    this.name = 'IdentityRefused';
  }
}

/** Verifies an internal identity and says who is calling. */
export interface IdentityVerifier {
  /** @throws IdentityRefused */
  verify(token: string | undefined): Promise<Caller>;
}

/** Only the gateway vouches for persons and partners; every other process speaks for itself alone. */
function mayVouch(issuer: string | undefined, caller: Caller): boolean {
  return caller.kind === 'service' ? caller.service === issuer : issuer === 'gateway';
}

/** @param keys public keys of all internal issuers */
export function createIdentityVerifier(keys: InternalKeySet): IdentityVerifier {
  const keySet = createLocalJWKSet(keys);
  const remembered = new LRUCache<string, { caller: Caller; expiresAtMs: number }>({ max: rememberedTokensMax });

  return {
    async verify(token) {
      if (token === undefined || token === '') throw new IdentityRefused('it is missing');
      const known = remembered.get(token);
      if (known && known.expiresAtMs > Date.now()) return known.caller;

      const verified = await jwtVerify(token, keySet, {
        audience: 'localplus-internal',
        algorithms: ['EdDSA'],
        clockTolerance: clockToleranceS,
        // Whoever signs for longer than that is no process of ours.
        maxTokenAge: identityLifetimeS,
        requiredClaims: ['exp', 'iss'],
      }).catch((error: unknown) => {
        throw new IdentityRefused(error instanceof Error ? error.message : 'it is malformed');
      });
      const { payload, protectedHeader } = verified;
      if (payload.iss !== protectedHeader.kid) throw new IdentityRefused('its issuer signed with a key of another');
      const caller = callerSchema.safeParse(payload.caller);
      if (!caller.success) throw new IdentityRefused('it names no caller');
      if (!mayVouch(payload.iss, caller.data)) throw new IdentityRefused('its issuer may not vouch for the caller');
      const endsAtS = Math.min(payload.exp ?? 0, (payload.iat ?? 0) + identityLifetimeS);
      remembered.set(token, { caller: caller.data, expiresAtMs: (endsAtS + clockToleranceS) * 1_000 });
      return caller.data;
    },
  };
}
