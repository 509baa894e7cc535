import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentitySigner, type IdentitySigner, type ServiceName } from '@localplus/identity';

const services = ['gateway', 'ledger', 'wallet', 'merchant'] as const satisfies readonly ServiceName[];

/** Keys of one installation, made for one test. */
export interface InternalKeys {
  signers: Record<ServiceName, IdentitySigner>;
  /** A file with everybody's public keys. */
  publicKeysFile: string;
  /** Removes the file. */
  remove(): Promise<void>;
}

/** Makes a key for each process. */
export async function makeInternalKeys(): Promise<InternalKeys> {
  const pairs = services.map((kid) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    return { kid, privateJwk: privateKey.export({ format: 'jwk' }), publicJwk: publicKey.export({ format: 'jwk' }) };
  });
  const folder = await mkdtemp(join(tmpdir(), 'merchant-keys-'));
  const publicKeysFile = join(folder, 'keys.json');
  await writeFile(publicKeysFile, JSON.stringify({ keys: pairs.map(({ kid, publicJwk }) => ({ ...publicJwk, kid })) }));
  const signers = await Promise.all(
    pairs.map(async ({ kid, privateJwk }) => [kid, await createIdentitySigner({ ...privateJwk, kid })] as const),
  );
  return {
    signers: Object.fromEntries(signers) as Record<ServiceName, IdentitySigner>,
    publicKeysFile,
    remove: () => rm(folder, { recursive: true }),
  };
}
