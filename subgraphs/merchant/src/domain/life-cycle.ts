import type { GoLiveRequirement, MerchantStatus } from './merchant-status.ts';
import { InvalidStatus, NotReady } from './refusals.ts';

/**
 * Decides whether a merchant goes live.
 * @throws InvalidStatus unless it is a draft, NotReady with everything that is missing
 */
export function goLive(status: MerchantStatus, counts: { stores: number; programs: number }): MerchantStatus {
  if (status !== 'DRAFT') throw new InvalidStatus(status);
  const missing: GoLiveRequirement[] = [];
  if (counts.stores === 0) missing.push('STORE');
  if (counts.programs === 0) missing.push('PROGRAM');
  if (missing.length > 0) throw new NotReady(missing);
  return 'LIVE';
}

/** @throws InvalidStatus unless the merchant is live */
export function suspend(status: MerchantStatus): MerchantStatus {
  if (status !== 'LIVE') throw new InvalidStatus(status);
  return 'SUSPENDED';
}

/** @throws InvalidStatus unless the merchant is suspended */
export function reinstate(status: MerchantStatus): MerchantStatus {
  if (status !== 'SUSPENDED') throw new InvalidStatus(status);
  return 'LIVE';
}
