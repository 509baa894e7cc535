import { type IdentitySigner, type Membership, type PartnerScope, partnerScopes, type Role } from '@localplus/identity';
import { createRpcClient } from '@localplus/rpc';
import { MerchantServiceClient, type PartnerAccess } from '@localplus/rpc/merchant';
import { WalletServiceClient } from '@localplus/rpc/wallet';
import type { VerifiedLogin } from './token-verifier.ts';

/** A lookup of a few rows; who cannot answer in this time is down for the request that waits. */
const deadlineMs = 1_000;

/** What the merchant subgraph knows of a login. */
export interface StaffRights {
  readonly memberships: readonly Membership[];
  readonly isPlatformOperator: boolean;
}

/** What a partner's key allows. */
export interface PartnerRights {
  readonly partnerId: string;
  readonly merchantId: string;
  readonly scopes: readonly PartnerScope[];
}

type Login = Pick<VerifiedLogin, 'issuer' | 'subject'>;

/** Tells what a verified login, or a partner's key, may act as. Each method fails when its subgraph does not answer. */
export interface CallerDirectory {
  staffRights(login: Login): Promise<StaffRights>;
  /** The consumer's id, or null where no consumer is linked to the login. */
  consumerId(login: Login): Promise<string | null>;
  /** Null for a key that is unknown or withdrawn. */
  partnerRights(key: string): Promise<PartnerRights | null>;
  close(): void;
}

const roles: readonly string[] = ['owner', 'manager', 'cashier'] satisfies Role[];

function isRole(role: string): role is Role {
  return roles.includes(role);
}

function isScope(scope: string): scope is PartnerScope {
  return (partnerScopes as readonly string[]).includes(scope);
}

function toPartnerRights(partner: PartnerAccess | undefined): PartnerRights | null {
  if (!partner) return null;
  return { partnerId: partner.partnerId, merchantId: partner.merchantId, scopes: partner.scopes.filter(isScope) };
}

/** Asks merchant and wallet by gRPC. */
export function createCallerDirectory(
  addresses: { merchant: string; wallet: string },
  signer: IdentitySigner,
): CallerDirectory {
  const merchant = createRpcClient(MerchantServiceClient, { address: addresses.merchant, signer });
  const wallet = createRpcClient(WalletServiceClient, { address: addresses.wallet, signer });

  return {
    async staffRights({ issuer, subject }) {
      const answer = await merchant.call(
        'resolveCaller',
        { credential: { $case: 'login', value: { issuer, subject } } },
        deadlineMs,
      );
      const memberships = answer.memberships.flatMap(({ merchantId, role, storeIds }): Membership[] =>
        isRole(role) ? [{ merchantId, role, storeIds: storeIds.length === 0 ? 'all' : storeIds }] : [],
      );
      return { memberships, isPlatformOperator: answer.isPlatformOperator };
    },
    async consumerId({ issuer, subject }) {
      const { consumerId } = await wallet.call('resolveCaller', { issuer, subject }, deadlineMs);
      return consumerId === '' ? null : consumerId;
    },
    async partnerRights(key) {
      const answer = await merchant.call(
        'resolveCaller',
        { credential: { $case: 'partnerKey', value: key } },
        deadlineMs,
      );
      return toPartnerRights(answer.partner);
    },
    close() {
      merchant.close();
      wallet.close();
    },
  };
}
