import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type Caller,
  createIdentitySigner,
  createIdentityVerifier,
  IdentityRefused,
  internalKeySetSchema,
  mayActFor,
  type ServiceName,
} from './index.ts';

const cashier: Caller = {
  kind: 'person',
  subject: 'issuer|camille',
  memberships: [{ merchantId: 'mer_1', role: 'cashier', storeIds: 'all' }],
  isPlatformOperator: false,
};

async function makeKey(kid: ServiceName) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const privateJwk: JWK & { kid: ServiceName } = { ...(await exportJWK(privateKey)), kid };
  return { privateJwk, publicJwk: { ...(await exportJWK(publicKey)), kid } };
}

describe('the internal identity', () => {
  let gateway: Awaited<ReturnType<typeof makeKey>>;
  let ledger: Awaited<ReturnType<typeof makeKey>>;
  let verifier: ReturnType<typeof createIdentityVerifier>;

  beforeAll(async () => {
    gateway = await makeKey('gateway');
    ledger = await makeKey('ledger');
    verifier = createIdentityVerifier(internalKeySetSchema.parse({ keys: [gateway.publicJwk, ledger.publicJwk] }));
  });

  test('of a person is accepted when the gateway signed it', async () => {
    const signer = await createIdentitySigner(gateway.privateJwk);
    expect(await verifier.verify(await signer.sign(cashier))).toEqual(cashier);
  });

  test('of a person is refused when another process signed it', async () => {
    const signer = await createIdentitySigner(ledger.privateJwk);
    await expect(verifier.verify(await signer.sign(cashier))).rejects.toThrow(IdentityRefused);
  });

  test('of a service is accepted only from that service', async () => {
    const signer = await createIdentitySigner(ledger.privateJwk);
    expect(await verifier.verify(await signer.signOwn())).toEqual({ kind: 'service', service: 'ledger' });
    await expect(verifier.verify(await signer.sign({ kind: 'service', service: 'wallet' }))).rejects.toThrow(
      IdentityRefused,
    );
  });

  test('signed with a foreign key under a known name is refused', async () => {
    const stranger = await makeKey('gateway');
    const signer = await createIdentitySigner(stranger.privateJwk);
    await expect(verifier.verify(await signer.sign(cashier))).rejects.toThrow(IdentityRefused);
  });

  test('ends after a minute, also when it was seen before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const signer = await createIdentitySigner(gateway.privateJwk);
      const token = await signer.sign(cashier);
      await verifier.verify(token);
      vi.setSystemTime(Date.now() + 70_000);
      await expect(verifier.verify(token)).rejects.toThrow(IdentityRefused);
    } finally {
      vi.useRealTimers();
    }
  });

  test('that was signed for longer than a minute still ends after a minute', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const token = await new SignJWT({ caller: cashier })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'gateway' })
        .setIssuer('gateway')
        .setAudience('localplus-internal')
        .setIssuedAt()
        .setExpirationTime('1y')
        .sign(await importJWK(gateway.privateJwk, 'EdDSA'));
      expect(await verifier.verify(token)).toEqual(cashier);
      vi.setSystemTime(Date.now() + 70_000);
      await expect(verifier.verify(token)).rejects.toThrow(IdentityRefused);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([undefined, '', 'not.a.token'])('%j is refused', async (token) => {
    await expect(verifier.verify(token)).rejects.toThrow(IdentityRefused);
  });
});

describe('rights', () => {
  test('end at the border of the merchant and of the role', () => {
    expect(mayActFor(cashier, 'mer_1', { roles: ['cashier', 'manager'] })).toBe(true);
    expect(mayActFor(cashier, 'mer_1', { roles: ['manager', 'owner'] })).toBe(false);
    expect(mayActFor(cashier, 'mer_2', { roles: ['cashier'] })).toBe(false);
  });

  test('of a partner end at its scopes', () => {
    const partner: Caller = { kind: 'partner', partnerId: 'prt_1', merchantId: 'mer_1', scopes: ['points:earn'] };
    expect(mayActFor(partner, 'mer_1', { roles: ['owner'], scope: 'points:earn' })).toBe(true);
    expect(mayActFor(partner, 'mer_1', { roles: ['owner'], scope: 'points:burn' })).toBe(false);
    expect(mayActFor(partner, 'mer_1', { roles: ['owner'] })).toBe(false);
    expect(mayActFor(partner, 'mer_2', { roles: ['owner'], scope: 'points:earn' })).toBe(false);
  });
});
