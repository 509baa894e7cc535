import { generateKeyPairSync } from 'node:crypto';
import {
  createIdentitySigner,
  createIdentityVerifier,
  type IdentitySigner,
  type IdentityVerifier,
  internalKeySetSchema,
  type ServiceName,
} from '@localplus/identity';

const services = ['gateway', 'ledger', 'wallet', 'merchant'] as const satisfies readonly ServiceName[];

/** Keys of one installation, made for one test. */
export interface InternalKeys {
  signers: Record<ServiceName, IdentitySigner>;
  verifier: IdentityVerifier;
  /** The private JWK of a process, as its key file holds it. */
  privateKeys: Record<ServiceName, object>;
  /** Everybody's public keys, as the key set's file holds them. */
  publicKeys: object;
}

/** Makes a key for each process. */
export async function makeInternalKeys(): Promise<InternalKeys> {
  const pairs = services.map((kid) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [privateJwk, publicJwk] = [privateKey.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' })];
    return { kid, privateJwk: { ...privateJwk, kid }, publicJwk: { ...publicJwk, kid } };
  });
  const publicKeys = { keys: pairs.map(({ publicJwk }) => publicJwk) };
  const signers = await Promise.all(
    pairs.map(async ({ kid, privateJwk }) => [kid, await createIdentitySigner(privateJwk)] as const),
  );
  return {
    signers: Object.fromEntries(signers) as Record<ServiceName, IdentitySigner>,
    verifier: createIdentityVerifier(internalKeySetSchema.parse(publicKeys)),
    privateKeys: Object.fromEntries(pairs.map(({ kid, privateJwk }) => [kid, privateJwk])) as Record<
      ServiceName,
      object
    >,
    publicKeys,
  };
}
