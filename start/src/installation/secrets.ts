import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@localplus/identity';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import { subgraphNames } from '../checkout/paths.ts';
import { readJson, writePrivateJson } from './private-file.ts';
import type { StateDirectory } from './state-directory.ts';

/** Everybody with a login in the database: its administrator, each subgraph, and the embedded event bus. */
export const databaseAccounts = ['administrator', ...subgraphNames, 'bus'] as const;

/** Name of a database login. */
export type DatabaseAccount = (typeof databaseAccounts)[number];

/** What an installation made for itself at its first start. */
export interface Secrets {
  passwords: Record<DatabaseAccount, string>;
  /** File with the private JWK that a process signs internal identities with. */
  privateKeyFile(service: ServiceName): string;
  /** File with the public JWKS of all internal issuers; a key's `kid` is its issuer. */
  publicKeysFile: string;
  /** Private JWK that the development issuer signs logins with. */
  developmentIssuerKey: JWK;
}

const internalIssuers: readonly ServiceName[] = ['gateway', ...subgraphNames];

/** 256 bits, so that guessing is no concern. */
const passwordBytes = 32;

const passwordsSchema = z.record(z.enum(databaseAccounts), z.string());
const storedPasswords = z.record(z.string(), z.string());

function preparePasswords(file: string): Record<DatabaseAccount, string> {
  const made = databaseAccounts.map((account) => [account, randomBytes(passwordBytes).toString('base64url')]);
  // An account that a newer version added gets its password; the others keep theirs.
  const passwords = passwordsSchema.parse({
    ...Object.fromEntries(made),
    ...storedPasswords.parse(readJson(file) ?? {}),
  });
  writePrivateJson(file, passwords);
  return passwords;
}

/** The passwords of an installation that was set up before, and makes none; undefined where it was not. */
export function readPasswords(state: StateDirectory): Secrets['passwords'] | undefined {
  return passwordsSchema.safeParse(readJson(state.passwordsFile)).data;
}

async function prepareKey(file: string, kid: string): Promise<JWK> {
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    writePrivateJson(file, { ...(await exportJWK(privateKey)), kid, alg: 'EdDSA', use: 'sig' });
  }
  return readJson(file) as JWK;
}

/** What of a private key may be known to everybody. */
export function publicPart({ d: _, ...publicKey }: JWK): JWK {
  return publicKey;
}

/** Reads the secrets of an installation; makes those that are missing, which at the first start are all. */
export async function prepareSecrets(state: StateDirectory): Promise<Secrets> {
  const keyFile = (name: string) => join(state.keysFolder, `${name}.json`);
  const internalKeys = await Promise.all(internalIssuers.map((service) => prepareKey(keyFile(service), service)));
  const publicKeysFile = keyFile('internal-public-keys');
  writePrivateJson(publicKeysFile, { keys: internalKeys.map(publicPart) });
  return {
    passwords: preparePasswords(state.passwordsFile),
    privateKeyFile: keyFile,
    publicKeysFile,
    developmentIssuerKey: await prepareKey(keyFile('development-issuer'), 'development-issuer'),
  };
}
