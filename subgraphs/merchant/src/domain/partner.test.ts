import { randomBytes } from 'node:crypto';
import { newId } from '@localplus/identifiers';
import { expect, test } from 'vitest';
import { InputRules } from './input-rules.ts';
import {
  type PartnerScope,
  partnerScopes,
  readPartnerKeyId,
  readPartnerProfile,
  secretBytes,
  writePartnerKey,
} from './partner.ts';

test('a key is read as it was written', () => {
  for (let round = 0; round < 100; round++) {
    const keyId = newId('lpk');
    expect(readPartnerKeyId(writePartnerKey(keyId, randomBytes(secretBytes)))).toBe(keyId);
  }
});

test('the secret has at least 128 bits', () => {
  expect(secretBytes * 8).toBeGreaterThanOrEqual(128);
});

test.each([
  '',
  'lpk_',
  'lpk_01jd3x6m1hf5tbp6z3b2y9k0qe',
  'lpk_01jd3x6m1hf5tbp6z3b2y9k0qe_short',
  'Bearer x',
  'x'.repeat(10_000),
])('what is no key is not looked up: %j', (text) => {
  expect(readPartnerKeyId(text)).toBeUndefined();
});

test('scopes are stored once each, in one order, and at least one', () => {
  const rules = new InputRules();
  const scopes: PartnerScope[] = ['points:burn', 'points:earn', 'points:burn'];
  expect(readPartnerProfile(rules, { name: 'Till', scopes }).scopes).toEqual(['points:earn', 'points:burn']);
  expect(() => rules.check()).not.toThrow();
  readPartnerProfile(rules, { name: 'Till', scopes: [] });
  expect(() => rules.check()).toThrow(/scopes/);
  expect(partnerScopes).toHaveLength(4);
});
