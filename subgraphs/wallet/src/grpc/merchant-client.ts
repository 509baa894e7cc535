import { fromUuid, toUuid } from '@localplus/identifiers';
import { createRpcClient, type RpcClientOptions } from '@localplus/rpc';
import { MerchantServiceClient } from '@localplus/rpc/merchant';
import type { ReadProgram } from '../domain/program.ts';

/** One indexed read. */
const getProgramsDeadlineMs = 1_000;

/** What the wallet asks the merchant subgraph. */
export interface MerchantClient {
  readProgram: ReadProgram;
  close(): void;
}

/** Opens the client of the merchant subgraph, speaking as this process. */
export function createMerchantClient(options: RpcClientOptions): MerchantClient {
  const client = createRpcClient(MerchantServiceClient, options);
  return {
    readProgram: async (programId) => {
      const request = { programIds: [fromUuid('prg', programId)] };
      const [program] = (await client.call('getPrograms', request, getProgramsDeadlineMs)).programs;
      return (
        program && {
          programId: toUuid(program.programId, 'prg'),
          merchantId: toUuid(program.merchantId, 'mer'),
          isMerchantLive: program.merchantStatus === 'MERCHANT_STATUS_LIVE',
          pointAssetCode: program.pointAssetCode,
        }
      );
    },
    close: () => client.close(),
  };
}
