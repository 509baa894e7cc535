import type { InputRules } from './input-rules.ts';

/** What a partner may be allowed to do for its merchant. */
export const partnerScopes = ['points:earn', 'points:burn', 'wallets:enroll', 'wallets:read'] as const;
export type PartnerScope = (typeof partnerScopes)[number];

const nameLengthMax = 100;
/** Partners of one merchant: tills, shops, payroll. */
export const partnersMax = 100;
/** Keys of one partner that are not revoked: one in use, and those of a change-over. */
export const activeKeysMax = 10;

/** 256 bits: nobody guesses them, so a fast hash is enough to keep. */
export const secretBytes = 32;
const secretLength = Math.ceil((secretBytes * 8) / 6);
const keyForm = new RegExp(`^(lpk_[0-7][0-9a-hjkmnp-tv-z]{25})_[A-Za-z0-9_-]{${secretLength}}$`);

/** What a partner is called and may do. */
export interface PartnerProfile {
  name: string;
  scopes: readonly PartnerScope[];
}

/** Reads a partner's profile. */
export function readPartnerProfile(rules: InputRules, profile: PartnerProfile): PartnerProfile {
  const scopes = partnerScopes.filter((scope) => profile.scopes.includes(scope));
  rules.require('scopes', scopes.length > 0, 'must name at least one scope.');
  return { name: rules.text('name', profile.name, nameLengthMax), scopes };
}

/** Writes a key as a partner sends it: `lpk_<id>_<secret>`. */
export function writePartnerKey(keyId: string, secret: Buffer): string {
  return `${keyId}_${secret.toString('base64url')}`;
}

/** Reads the identifier (`lpk_…`) out of a key as a partner sent it; undefined where the text is no key. */
export function readPartnerKeyId(key: string): string | undefined {
  return keyForm.exec(key)?.[1];
}
