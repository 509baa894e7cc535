import { afterAll, beforeAll, expect, test } from 'vitest';
import { inFlight } from '../e2e/platform/in-flight.ts';
import { addMerchant, type TestMerchant } from '../e2e/platform/merchants.ts';
import { isRunning, sendSignal } from '../e2e/platform/processes.ts';
import { type Platform, startPlatform } from '../e2e/platform/start-platform.ts';
import { availableOf, type BalanceValue, earn, posted, readWallet } from '../e2e/platform/till.ts';
import { waitUntil } from '../e2e/platform/wait-until.ts';

interface BalanceChangedEvent {
  balanceChanged: { version: string; kind: string; balances: BalanceValue[] };
}

const watchDocument = `subscription ($walletId: ID!) {
  balanceChanged(walletId: $walletId) { version kind balances { asset { code scale } posted pending held available } } }`;
const postsWhileAway = 60;
const recoveryLimitMs = 60_000;

let platform: Platform;
let merchant: TestMerchant;

beforeAll(async () => {
  platform = await startPlatform({ kafka: true });
  merchant = await addMerchant(platform);
});
afterAll(() => platform?.stop());

test('the platform carries its events on the Kafka that it has started', () => {
  expect(platform.run().processes.map(({ name }) => name)).toEqual(['postgres', 'kafka', 'domain', 'gateway']);
});

test('tills are answered while Kafka is dead, and a screen gets every change in order when it is back', async () => {
  const wallet = await merchant.enroll();
  const buy = async () => posted(await earn(platform, merchant.cashier, { walletId: wallet.id, points: 1 }));
  const screen = platform.subscribe<BalanceChangedEvent>(wallet.token, watchDocument, { walletId: wallet.id });
  expect((await screen.next()).balanceChanged).toMatchObject({ kind: 'SNAPSHOT' });
  await buy();
  const first = (await screen.next()).balanceChanged;

  const killed = platform.pidOf('kafka');
  sendSignal(killed, 'SIGKILL');
  await waitUntil('Kafka is dead', () => !isRunning(killed), recoveryLimitMs);
  await inFlight(postsWhileAway, 8, buy);
  const seen = await screen.take(postsWhileAway, recoveryLimitMs);
  const wanted = Array.from({ length: postsWhileAway }, (_, index) =>
    String(BigInt(first.version) + BigInt(index + 1)),
  );
  expect(seen.map(({ balanceChanged }) => balanceChanged.version)).toEqual(wanted);
  await waitUntil('Kafka was started again', () => platform.pidOf('kafka') !== killed, recoveryLimitMs);

  // What is published after the return arrives too.
  await buy();
  const last = (await screen.next()).balanceChanged;
  expect(availableOf(last)).toBe(postsWhileAway + 2);
  expect(await readWallet(platform, wallet.token, wallet.id)).toMatchObject({ balances: last.balances });
  await screen.close();
}, 150_000);
