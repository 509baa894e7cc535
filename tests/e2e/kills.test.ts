import { toUuid } from '@localplus/identifiers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectBooksInBalance, listWrongWallets } from './platform/books.ts';
import { withAdministrator } from './platform/database.ts';
import { type FaultRun, faultPlan, writeFaultReport } from './platform/fault-plan.ts';
import { inFlight } from './platform/in-flight.ts';
import { expectNoInnerDetails } from './platform/inner-details.ts';
import { addMerchant, type TestMerchant, type TestWallet } from './platform/merchants.ts';
import { followBalance } from './platform/persistent-screen.ts';
import { sendSignal } from './platform/processes.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import { earnDocument, newKey, type PostedAnswer, type PostingAnswer, posted, purchaseOf } from './platform/till.ts';
import { waitUntil } from './platform/wait-until.ts';

const walletCount = 10;
const postsInFlight = 16;
/** The supervisor's first back-off and the start of a process, with room for a machine that does other things too. */
const recoveryTimeoutMs = 30_000;
/** What is promised for the wallets once the killed process is back. */
const catchUpPromiseMs = 5_000;
const retryPauseMs = 50;

let platform: Platform;
let merchant: TestMerchant;
const parts = ['wallet', 'ledger', 'gateway', 'postgres', 'merchant'];
const runs: FaultRun[] = [];
/** Tests that have come to their end: a report is of a whole that holds. */
let proved = 0;

beforeAll(async () => {
  platform = await startPlatform({ separate: true });
  merchant = await addMerchant(platform);
});
afterAll(async () => {
  try {
    if (proved === faultPlan.rounds * parts.length + 1) await writeFaultReport(runs);
  } finally {
    await platform?.stop();
  }
});

/** One purchase, from the first attempt to the answer. */
interface Purchase {
  wallet: TestWallet;
  answer: PostedAnswer;
  attempts: number;
}

/** Posts a purchase under one key until it is answered, as a till does that does not know what became of it. */
async function postUntilAnswered(wallet: TestWallet): Promise<Purchase> {
  const input = { idempotencyKey: newKey(), walletId: wallet.id, purchase: purchaseOf(1) };
  const deadline = performance.now() + recoveryTimeoutMs;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const answer = await platform.graphql<{ earnPoints: PostingAnswer }>(merchant.cashier, earnDocument, { input });
      if (answer.data?.earnPoints) return { wallet, answer: posted(answer.data.earnPoints), attempts };
      // What a client is told while a part of the platform is dead says nothing of that part.
      expectNoInnerDetails(platform, answer.body);
    } catch (error) {
      const isConnectionLost =
        error instanceof Error && 'code' in error && /^(ECONN|EPIPE|UND_ERR)/.test(String(error.code));
      if (!isConnectionLost) throw error;
    }
    if (performance.now() > deadline) throw new Error(`A purchase was not answered within ${recoveryTimeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
  }
}

function factsOf(part: string): { pid: number; restarts: number } {
  const facts = platform.run().processes.find(({ name }) => name === part);
  if (!facts) throw new Error(`The run file has no ${part}.`);
  return facts;
}

/** Kills the part, and waits until the supervisor has it back. Returns how long that took. */
async function killAndAwaitReturn(part: string): Promise<number> {
  const before = factsOf(part);
  const killedAt = performance.now();
  expect(sendSignal(before.pid, 'SIGKILL')).toBe(true);
  await waitUntil(
    `the supervisor has started ${part} again`,
    () => factsOf(part).restarts > before.restarts && factsOf(part).pid !== before.pid,
    recoveryTimeoutMs,
  );
  return performance.now() - killedAt;
}

/** Purchases at every wallet while the part is killed in their midst, going on until it is back and all are made. */
async function postThroughKill(part: string, wallets: TestWallet[]) {
  const { posts, random } = faultPlan;
  const killAfter = Math.floor(posts * (0.1 + 0.3 * random()));
  const purchases: Purchase[] = [];
  let isBack = false;
  let returning: Promise<number> | undefined;

  const lane = async (laneIndex: number) => {
    for (let index = laneIndex; purchases.length < posts || !isBack; index += 1) {
      purchases.push(await postUntilAnswered(wallets[index % wallets.length]!));
      if (purchases.length >= killAfter) {
        returning ??= killAndAwaitReturn(part).finally(() => {
          isBack = true;
        });
      }
    }
  };
  await Promise.all(Array.from({ length: postsInFlight }, (_, index) => lane(index)));
  const backAfterMs = await (returning ?? Promise.reject(new Error('Nothing was killed.')));
  runs.push({
    part,
    posts: purchases.length,
    backAfterMs,
    retried: purchases.filter(({ attempts }) => attempts > 1).length,
  });
  return purchases;
}

/** Holds that every answered purchase is in the ledger exactly once, and nothing else is. */
async function expectEachPurchaseOnce(wallets: TestWallet[], purchases: Purchase[]): Promise<void> {
  const holders = wallets.map(({ id }) => toUuid(id, 'wal'));
  const { rows } = await withAdministrator(platform, (connection) =>
    connection.query<{ id: string; version: string; holder: string }>(
      'SELECT id, holder_id AS holder, holder_version AS version FROM ledger.transaction WHERE holder_id = ANY($1)',
      [holders],
    ),
  );
  const described = (id: string, holder: string, version: string) => `${id} of ${holder} at ${version}`;
  const inLedger = rows.map(({ id, holder, version }) => described(id, holder, String(version)));
  const answered = purchases.map(({ wallet, answer }) =>
    described(toUuid(answer.transaction.id, 'trx'), toUuid(wallet.id, 'wal'), answer.version),
  );
  expect(inLedger.toSorted()).toEqual(answered.toSorted());
  // One point each: a version is the number of purchases, and the balance that was answered with it.
  for (const { answer } of purchases) expect(answer.balances[0]?.posted).toBe(answer.version);
}

async function expectWalletsCaughtUp(): Promise<void> {
  await waitUntil(
    "every wallet has the ledger's balance",
    async () => {
      const wrong = await listWrongWallets(platform);
      if (wrong.length > 0) throw new Error(`These wallets differ: ${JSON.stringify(wrong)}`);
      return true;
    },
    catchUpPromiseMs,
  );
}

describe.each(Array.from({ length: faultPlan.rounds }, (_, round) => round + 1))(
  'round %i: a kill in the midst of posts',
  () => {
    test.each(parts)('of %s loses nothing and is recovered from', async (part) => {
      const wallets = await inFlight(walletCount, 4, () => merchant.enroll());
      const others = platform.run().processes.filter(({ name }) => name !== part);
      const screen = followBalance(platform, wallets[0]!);
      await screen.untilVersion(0, recoveryTimeoutMs);

      const purchases = await postThroughKill(part, wallets);
      await expectWalletsCaughtUp();
      await expectEachPurchaseOnce(wallets, purchases);

      const versions = purchases.filter(({ wallet }) => wallet === wallets[0]).length;
      const seen = await screen.untilVersion(versions, recoveryTimeoutMs);
      expect(seen).toEqual(Array.from({ length: versions + 1 }, (_, version) => version));
      await screen.close();

      await expectBooksInBalance(platform, merchant);
      // What stands beside a dead part stays alive.
      for (const { name, pid, restarts } of others) expect(factsOf(name)).toMatchObject({ pid, restarts });
      proved += 1;
    });
  },
);

test('while the wallet is dead, tills are answered with the new balance and told that the wallet is catching up', async () => {
  const wallets = await inFlight(walletCount, 4, () => merchant.enroll());
  const purchases = await postThroughKill('wallet', wallets);
  expect(purchases.filter(({ attempts }) => attempts > 1)).toEqual([]);
  expect(purchases.filter(({ answer }) => answer.balanceState === 'CATCHING_UP').length).toBeGreaterThan(0);
  for (const { answer } of purchases) expect(answer.balances[0]?.posted).toBe(answer.version);
  await expectWalletsCaughtUp();

  await waitUntil(
    'tills are told again that the wallet is current',
    async () => (await postUntilAnswered(wallets[0]!)).answer.balanceState === 'CURRENT',
    catchUpPromiseMs,
  );
  proved += 1;
});
