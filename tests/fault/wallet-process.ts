import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toUuid } from '@localplus/identifiers';
import { withAdminConnection } from '@localplus/postgres';
import type { TestDatabase } from '@localplus/test-database';
import { MemberProcess } from './member-process.ts';
import type { BusAddress } from './open-bus.ts';

/** What a wallet in a process of its own is told. */
export type WalletOrders = {
  readonly address: BusAddress;
  readonly database: TestDatabase;
  /** Of `writeWalletKeys`. */
  readonly keys: NodeJS.ProcessEnv;
  /** For its probes; any unless told. */
  readonly httpPort?: number;
};

/** Starts the wallet subgraph in a process of its own, and waits until it consumes. */
export function startWalletProcess({ address, database, keys, httpPort = 0 }: WalletOrders): Promise<MemberProcess> {
  return MemberProcess.start(join(import.meta.dirname, 'wallet-main.ts'), {
    ...keys,
    ...busEnvironment(address),
    DATABASE_URL: database.connectionString('wallet'),
    HTTP_PORT: String(httpPort),
    GRPC_PORT: '0',
  });
}

/** The keys of an installation. Nobody is called here; a wallet wants to have them. */
export async function writeWalletKeys(directory: string): Promise<NodeJS.ProcessEnv> {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x, kid: 'wallet' };
  const [keyFile, keysFile] = [join(directory, 'wallet.json'), join(directory, 'keys.json')];
  await writeFile(keyFile, JSON.stringify({ ...publicKey, d }));
  await writeFile(keysFile, JSON.stringify({ keys: [publicKey] }));
  return { INTERNAL_KEY_FILE: keyFile, INTERNAL_KEYS_FILE: keysFile };
}

/** The balance of every wallet, in the words of `storedBalance`. */
export function storedBalances(database: TestDatabase): Promise<string[]> {
  return walletTexts(database, "holder_id || ' at ' || version || ': ' || (balances -> 0 ->> 'posted')");
}

/** What a wallet stores of a change. */
export function storedBalance(holderId: string, { version, total }: { version: number; total: number }): string {
  return `${toUuid(holderId, 'wal')} at ${version}: ${total}`;
}

/** An expression over every row of the balances, sorted. */
export function walletTexts(database: TestDatabase, expression: string): Promise<string[]> {
  return withAdminConnection(database.connectionString('wallet'), async (client) => {
    const { rows } = await client.query<{ text: string }>(`select ${expression} as text from balances order by 1`);
    return rows.map(({ text }) => text).toSorted();
  });
}

function busEnvironment(address: BusAddress): NodeJS.ProcessEnv {
  if ('brokers' in address) return { EVENT_BUS: 'kafka', KAFKA_BROKERS: address.brokers.join(',') };
  return { EVENT_BUS: 'postgres', EVENT_BUS_DATABASE_URL: address.connectionString };
}
