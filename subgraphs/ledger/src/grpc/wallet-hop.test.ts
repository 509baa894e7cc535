import { createLogger } from '@localplus/logging';
import { beforeEach, expect, test } from 'vitest';
import { WalletHop } from './wallet-hop.ts';

const logger = createLogger('test', { write: () => undefined });
let attempts: number;
let nowMs: number;
let answer: () => Promise<void>;
let hop: WalletHop;

beforeEach(() => {
  attempts = 0;
  nowMs = 0;
  answer = async () => undefined;
  const applyBalanceChanges = () => {
    attempts += 1;
    return answer();
  };
  hop = new WalletHop({ wallet: { applyBalanceChanges }, logger, nowMs: () => nowMs });
});

async function tellOften(times: number): Promise<string[]> {
  const states: string[] = [];
  for (let time = 0; time < times; time += 1) states.push(await hop.tell([]));
  return states;
}

test('a wallet that takes the changes is current', async () => {
  expect(await hop.tell([])).toBe('CURRENT');
});

test('a wallet that fails costs an answer nothing but freshness, and is not tried twice', async () => {
  answer = () => Promise.reject(new Error('away'));
  expect(await hop.tell([])).toBe('CATCHING_UP');
  expect(attempts).toBe(1);
});

test('a wallet that keeps failing is left alone for a second', async () => {
  answer = () => Promise.reject(new Error('away'));
  expect(new Set(await tellOften(10))).toEqual(new Set(['CATCHING_UP']));
  expect(attempts).toBe(3);
  nowMs = 1_001;
  await tellOften(10);
  expect(attempts).toBe(4);
});

test('a wallet that is back is told everything again', async () => {
  answer = () => Promise.reject(new Error('away'));
  await tellOften(3);
  answer = async () => undefined;
  nowMs = 1_001;
  expect(await tellOften(3)).toEqual(['CURRENT', 'CURRENT', 'CURRENT']);
});

test('while one answer finds out whether the wallet is back, no other waits for it', async () => {
  answer = () => Promise.reject(new Error('away'));
  await tellOften(3);
  nowMs = 1_001;
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = () => promise;
  const trial = hop.tell([]);
  expect(await hop.tell([])).toBe('CATCHING_UP');
  resolve();
  expect(await trial).toBe('CURRENT');
});
