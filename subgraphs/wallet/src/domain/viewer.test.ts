import { expect, test } from 'vitest';
import { maySeeWallet } from './viewer.ts';

const wallet = { consumerId: 'consumer-1', merchantId: 'merchant-1' };

test('a wallet is seen by its consumer, by its merchant and by nobody else', () => {
  expect(maySeeWallet({ consumerId: 'consumer-1', merchants: new Set() }, wallet)).toBe(true);
  expect(maySeeWallet({ consumerId: undefined, merchants: new Set(['merchant-1']) }, wallet)).toBe(true);
  expect(maySeeWallet({ consumerId: undefined, merchants: 'all' }, wallet)).toBe(true);
  expect(maySeeWallet({ consumerId: 'consumer-2', merchants: new Set(['merchant-2']) }, wallet)).toBe(false);
  expect(maySeeWallet({ consumerId: undefined, merchants: new Set() }, wallet)).toBe(false);
});
