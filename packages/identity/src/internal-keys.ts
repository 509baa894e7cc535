import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { z } from 'zod';
import type { ServiceName } from './caller.ts';

const jwkSchema = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.enum(['gateway', 'ledger', 'wallet', 'merchant']),
});
const privateJwkSchema = jwkSchema.extend({ d: z.string() });

/** Public keys of all internal issuers; a key's `kid` is the process that signs with it. */
export const internalKeySetSchema = z.object({ keys: z.array(jwkSchema) });
/** Public keys of all internal issuers. */
export type InternalKeySet = z.output<typeof internalKeySetSchema>;

/**
 * Reads the Ed25519 key that a process signs its internal identities with (a private JWK whose `kid` names the process).
 * @throws when the file is missing or holds something else
 */
export async function readPrivateKey(file: string): Promise<JWK & { kid: ServiceName }> {
  return privateJwkSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/**
 * Reads the public keys that internal identities are verified with (a JWKS).
 * @throws when the file is missing or holds something else
 */
export async function readPublicKeys(file: string): Promise<InternalKeySet> {
  return internalKeySetSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
