import { generateKeyPairSync } from 'node:crypto';
import {
  createIdentitySigner,
  createIdentityVerifier,
  type IdentitySigner,
  type IdentityVerifier,
  internalKeySetSchema,
  type ServiceName,
} from '@localplus/identity';

const services = ['gateway', 'ledger', 'wallet', 'merchant'] as const;

type Jwk = { kty: 'OKP'; crv: 'Ed25519'; x: string; d: string; kid: ServiceName };

/** The keys of an installation of its own. */
export interface InternalKeys {
  privateKeys: Record<ServiceName, Jwk>;
  publicKeys: { keys: Omit<Jwk, 'd'>[] };
  signers: Record<ServiceName, IdentitySigner>;
  verifier: IdentityVerifier;
}

function makeKey(kid: ServiceName): Jwk {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x, d, kid };
}

/** Makes a key for every process that speaks for itself. */
export async function makeInternalKeys(): Promise<InternalKeys> {
  const [gateway, ledger, wallet, merchant] = [
    makeKey('gateway'),
    makeKey('ledger'),
    makeKey('wallet'),
    makeKey('merchant'),
  ];
  const privateKeys = { gateway, ledger, wallet, merchant };
  const publicKeys = { keys: services.map((name) => ({ ...privateKeys[name], d: undefined })) };
  return {
    privateKeys,
    publicKeys,
    signers: {
      gateway: await createIdentitySigner(gateway),
      ledger: await createIdentitySigner(ledger),
      wallet: await createIdentitySigner(wallet),
      merchant: await createIdentitySigner(merchant),
    },
    verifier: createIdentityVerifier(internalKeySetSchema.parse(publicKeys)),
  };
}
