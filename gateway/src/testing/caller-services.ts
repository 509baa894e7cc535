import type { IdentityVerifier } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { type RpcServer, rpcStatus, startRpcServer, unary } from '@localplus/rpc';
import { MerchantServiceService, type ResolveCallerResponse } from '@localplus/rpc/merchant';
import { WalletServiceService } from '@localplus/rpc/wallet';

const nobody: ResolveCallerResponse = { memberships: [], isPlatformOperator: false, partner: undefined };
const cashier = { merchantId: 'mer_1', role: 'cashier', storeIds: [] };

/** The gRPC sides of merchant and wallet, as far as the gateway asks them. They can die and come back. */
export class CallerServices {
  /** By subject of the login. */
  readonly staff = new Map<string, ResolveCallerResponse>([['camille', { ...nobody, memberships: [cashier] }]]);
  readonly consumers = new Map([['alice', 'con_alice']]);
  readonly partners = new Map([
    ['lpk_till', { partnerId: 'prt_1', merchantId: 'mer_1', scopes: ['points:earn', 'unknown'] }],
  ]);
  readonly asked: string[] = [];
  readonly #verifier: IdentityVerifier;
  readonly #logger: Logger;
  #servers: { merchant?: RpcServer | undefined; wallet?: RpcServer | undefined } = {};
  #ports = { merchant: 0, wallet: 0 };

  constructor(verifier: IdentityVerifier, logger: Logger) {
    this.#verifier = verifier;
    this.#logger = logger;
  }

  get addresses() {
    return { MERCHANT_GRPC: `127.0.0.1:${this.#ports.merchant}`, WALLET_GRPC: `127.0.0.1:${this.#ports.wallet}` };
  }

  async startMerchant(): Promise<void> {
    const options = { verifier: this.#verifier, logger: this.#logger, allowed: ['gateway'] as const };
    const implementation = {
      getPrograms: unary(options, async () => {
        throw rpcStatus('UNIMPLEMENTED', 'not here');
      }),
      resolveCaller: unary(options, async ({ credential }: { credential?: { $case: string; value: unknown } }) => {
        this.asked.push(`merchant ${credential?.$case}`);
        if (credential?.$case === 'partnerKey')
          return { ...nobody, partner: this.partners.get(String(credential.value)) };
        return this.staff.get((credential?.value as { subject: string } | undefined)?.subject ?? '') ?? nobody;
      }),
    };
    const services = [{ definition: MerchantServiceService, implementation }];
    this.#servers.merchant = await startRpcServer({ address: '127.0.0.1', port: this.#ports.merchant, services });
    this.#ports.merchant = this.#servers.merchant.port;
  }

  async startWallet(): Promise<void> {
    const options = { verifier: this.#verifier, logger: this.#logger, allowed: ['gateway'] as const };
    const implementation = {
      applyBalanceChanges: unary(options, async () => {
        throw rpcStatus('UNIMPLEMENTED', 'not here');
      }),
      resolveCaller: unary(options, async ({ subject }: { subject: string }) => {
        this.asked.push('wallet login');
        return { consumerId: this.consumers.get(subject) ?? '' };
      }),
    };
    const services = [{ definition: WalletServiceService, implementation }];
    this.#servers.wallet = await startRpcServer({ address: '127.0.0.1', port: this.#ports.wallet, services });
    this.#ports.wallet = this.#servers.wallet.port;
  }

  async stopMerchant(): Promise<void> {
    await this.#servers.merchant?.stop();
    this.#servers.merchant = undefined;
  }

  async stopWallet(): Promise<void> {
    await this.#servers.wallet?.stop();
    this.#servers.wallet = undefined;
  }
}
