import { newId, toUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import type { EnrollSources } from '../src/commands/enroll-consumer.ts';
import { createLedgerClient, type LedgerClient } from '../src/grpc/ledger-client.ts';
import { createMerchantClient } from '../src/grpc/merchant-client.ts';
import { BalanceStore } from '../src/store/balance-store.ts';
import type { Database } from '../src/store/connection.ts';
import { type InternalKeys, makeInternalKeys } from './internal-keys.ts';
import { LedgerDouble } from './ledger-double.ts';
import { MerchantDouble } from './merchant-double.ts';

/** The commands of a wallet with everything they stand on. */
export interface CommandHouse extends EnrollSources {
  pool: Database;
  store: BalanceStore;
  keys: InternalKeys;
  ledger: LedgerDouble;
  merchant: MerchantDouble;
  ledgerClient: LedgerClient;
  merchantId: string;
  /** UUID of a program of the merchant. */
  programId: string;
  close(): Promise<void>;
}

/** Opens what commands need: the database, and both neighbours over real gRPC. */
export async function openCommandHouse(connectionString: string): Promise<CommandHouse> {
  const keys = await makeInternalKeys();
  const [ledger, merchant] = [new LedgerDouble(), new MerchantDouble()];
  await Promise.all([ledger.start(keys), merchant.start(keys)]);
  const signer = keys.signers.wallet;
  const ledgerClient = createLedgerClient({ address: ledger.address, signer });
  const merchantClient = createMerchantClient({ address: merchant.address, signer });
  const pool = createPool({ connectionString, name: 'wallet-test', max: 10 });
  const merchantId = newId('mer');
  return {
    pool,
    store: new BalanceStore(pool),
    keys,
    ledger,
    merchant,
    ledgerClient,
    openHolder: ledgerClient.openHolder,
    readProgram: merchantClient.readProgram,
    merchantId,
    programId: toUuid(merchant.addProgram(merchantId), 'prg'),
    close: async () => {
      ledgerClient.close();
      merchantClient.close();
      await Promise.all([pool.end(), ledger.stop(), merchant.stop()]);
    },
  };
}
