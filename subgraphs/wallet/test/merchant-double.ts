import { newId } from '@localplus/identifiers';
import { createLogger } from '@localplus/logging';
import { startRpcServer, unary } from '@localplus/rpc';
import {
  type GetProgramsRequest,
  MerchantServiceService,
  type MerchantStatus,
  type Program,
} from '@localplus/rpc/merchant';
import type { InternalKeys } from './internal-keys.ts';

/** A merchant subgraph of a test: the real contract over a real socket, its programs in memory. */
export class MerchantDouble {
  programs = new Map<string, Program>();
  address = '';
  stop: () => Promise<void> = async () => undefined;

  /** Starts it on a free port. */
  async start(keys: InternalKeys): Promise<void> {
    const options = {
      verifier: keys.verifier,
      logger: createLogger('merchant-double', { write: () => undefined }),
      allowed: ['wallet'] as const,
    };
    const getPrograms = unary(options, async ({ programIds }: GetProgramsRequest) => ({
      programs: programIds.flatMap((id) => this.programs.get(id) ?? []),
    }));
    const resolveCaller = unary(options, async () => ({
      memberships: [],
      isPlatformOperator: false,
      partner: undefined,
    }));
    const server = await startRpcServer({
      address: '127.0.0.1',
      port: 0,
      services: [{ definition: MerchantServiceService, implementation: { getPrograms, resolveCaller } }],
    });
    this.address = `127.0.0.1:${server.port}`;
    this.stop = server.stop;
  }

  /** Adds a program. @returns its identifier in TypeID form */
  addProgram(merchantId: string, merchantStatus: MerchantStatus = 'MERCHANT_STATUS_LIVE'): string {
    const programId = newId('prg');
    this.programs.set(programId, {
      programId,
      merchantId,
      merchantStatus,
      merchantVersion: 1n,
      currency: 'EUR',
      pointAssetCode: `PTS.${programId}`,
      programVersion: 1n,
      merchantStoreIds: [],
      merchantTimeZone: 'Europe/Paris',
      merchantCountry: 'FR',
      versions: [],
    });
    return programId;
  }
}
