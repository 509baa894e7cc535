import type { InputRules } from './input-rules.ts';

/** What a merchant is called and where it stands; nothing of it changes after the creation. */
export interface MerchantProfile {
  name: string;
  legalName: string;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** IANA name. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
}

/** What a store is called and where it is. */
export interface StoreProfile {
  name: string;
  city: string;
}

const nameLengthMax = 100;
const legalNameLengthMax = 200;
const reasonLengthMax = 200;

/** The largest chains of the field have fewer; a bound keeps one merchant's events below the message limit. */
export const storesMax = 500;

/** Reads a merchant's profile. */
export function readMerchantProfile(rules: InputRules, profile: MerchantProfile): MerchantProfile {
  return {
    name: rules.text('name', profile.name, nameLengthMax),
    legalName: rules.text('legalName', profile.legalName, legalNameLengthMax),
    country: rules.country('country', profile.country),
    timeZone: rules.timeZone('timeZone', profile.timeZone),
    currency: rules.currency('currency', profile.currency),
  };
}

/** Reads a store's profile. */
export function readStoreProfile(rules: InputRules, profile: StoreProfile): StoreProfile {
  return {
    name: rules.text('name', profile.name, nameLengthMax),
    city: rules.text('city', profile.city, nameLengthMax),
  };
}

/** Reads why a merchant is suspended. */
export function readStatusReason(rules: InputRules, reason: string): string {
  return rules.text('reason', reason, reasonLengthMax);
}
