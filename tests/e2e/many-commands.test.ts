import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMerchant, type TestMerchant, type TestWallet } from './platform/merchants.ts';
import { type Platform, startPlatform } from './platform/start-platform.ts';
import { availableOf, newKey, purchaseOf, readWallet } from './platform/till.ts';
import { waitUntil } from './platform/wait-until.ts';

/** The most that are taken at once. */
const commandsMax = 1_000;
/** Events reach the wallet in well under a second, on a machine that does nothing else. */
const catchUpTimeoutMs = 20_000;
/** What the gateway lets a request have. */
const requestBytesMax = 1_000_000;

let platform: Platform;
let merchant: TestMerchant;
let wallets: TestWallet[];

beforeAll(async () => {
  platform = await startPlatform();
  merchant = await addMerchant(platform);
  wallets = [await merchant.enroll(), await merchant.enroll()];
});
afterAll(() => platform?.stop());

const manyDocument = `mutation Many($input: PostCommandsInput!) { postCommands(input: $input) { __typename
  ... on PostCommandsSuccess { isWritten isReplay results { __typename
    ... on LedgerCommandSuccess { transaction { id } balances { available } version isReplay balanceState }
    ... on Refusal { code message } } }
  ... on Refusal { code message } } }`;
const previewDocument = `query Preview($commands: [LedgerCommandInput!]!) { previewCommands(commands: $commands) {
  ... on PreviewCommandsSuccess { results { __typename
    ... on LedgerPreview { balances { available } lots { available } transactions { kind } } ... on Refusal { code } } } } }`;
const explainDocument = `query Explain($id: ID!) { wallet(id: $id) { version explain {
  version balance { posted } lots { pending available held } otherLots { count pending available held }
  movements { kind transactionCount posted } carriedForward { transactionCount posted } } } }`;

interface Results {
  __typename: string;
  isWritten: boolean;
  isReplay: boolean;
  results: { __typename: string; transaction?: { id: string }; isReplay?: boolean }[];
}

const earning = (index: number, points = 1) => ({
  earnPoints: {
    ...{ idempotencyKey: newKey(), walletId: wallets[index % 2]?.id, purchase: purchaseOf(points) },
    // As long as a till's are.
    ...{ storeId: merchant.storeIds[0], reference: `ticket-2026-11-28-${index}`, occurredAt: new Date().toISOString() },
  },
});
const spending = (points: number) => ({
  burnPoints: { idempotencyKey: newKey(), walletId: wallets[0]?.id, points: String(points) },
});

async function post(mode: 'ATOMIC' | 'EACH', commands: unknown[]): Promise<Results> {
  const variables = { input: { mode, commands } };
  expect(JSON.stringify({ query: manyDocument, variables }).length).toBeLessThan(requestBytesMax / 2);
  return (await platform.ask<{ postCommands: Results }>(merchant.cashier, manyDocument, variables)).postCommands;
}

/** The wallet, once it shows a version of it: so many changes at once may be told to it by their events alone. */
async function walletAt({ id }: TestWallet, version: number) {
  return waitUntil(
    `the wallet shows version ${version}`,
    async () => {
      const wallet = await readWallet(platform, merchant.cashier, id);
      return wallet?.version === String(version) ? wallet : undefined;
    },
    catchUpTimeoutMs,
  );
}

const typesOf = ({ results }: Results) => [...new Set(results.map(({ __typename }) => __typename))];

test.each([
  ['a thousand commands, all or none', 'ATOMIC', commandsMax, commandsMax],
  ['a hundred commands, each by itself', 'EACH', 100, commandsMax + 100],
] as const)('%s, go through the gateway in one operation', async (_what, mode, count, countInAll) => {
  const commands = Array.from({ length: count }, (_, index) => earning(index));
  const first = await post(mode, commands);
  expect(first).toMatchObject({ __typename: 'PostCommandsSuccess', isWritten: true, isReplay: false });
  expect([typesOf(first), first.results.length]).toEqual([['EarnPointsSuccess'], count]);
  // Half of them are for each wallet, and each earns one point.
  for (const wallet of wallets) expect(availableOf(await walletAt(wallet, countInAll / 2))).toBe(countInAll / 2);

  const again = await post(mode, commands);
  expect(again).toMatchObject({ isWritten: false, isReplay: true });
  expect(again.results.map(({ transaction }) => transaction?.id)).toEqual(
    first.results.map(({ transaction }) => transaction?.id),
  );
});

test('more than a thousand are refused, and a document that holds them itself is too large', async () => {
  const commands = Array.from({ length: commandsMax + 1 }, (_, index) => earning(index));
  expect(await post('EACH', commands)).toMatchObject({ code: 'LedgerInvalidCommandCount' });
  const literals = commands.slice(0, 200).map(({ earnPoints: { idempotencyKey, walletId } }) => {
    return `{ burnPoints: { idempotencyKey: "${idempotencyKey}", walletId: "${walletId}", points: 1 } }`;
  });
  const literal = `mutation { postCommands(input: { mode: EACH, commands: [${literals.join()}] }) { __typename } }`;
  await expect(platform.ask(merchant.cashier, literal, {})).rejects.toThrow(/QUERY_TOO_LARGE/);
});

test('an atomic group of which one is refused moves nothing', async () => {
  const before = await readWallet(platform, merchant.cashier, wallets[0]?.id ?? '');
  const refused = await post('ATOMIC', [spending(1), spending(1_000_000)]);
  expect(refused).toMatchObject({
    isWritten: false,
    results: [{ code: 'LedgerGroupRefused' }, { code: 'LedgerInsufficientBalance' }],
  });
  expect(await readWallet(platform, merchant.cashier, wallets[0]?.id ?? '')).toEqual(before);
});

test('a dry run says what would come, and moves nothing', async () => {
  const before = await readWallet(platform, merchant.cashier, wallets[0]?.id ?? '');
  const available = availableOf(before!);
  const commands = [earning(0, 10), spending(4), spending(available + 7)];
  const { previewCommands } = await platform.ask<{ previewCommands: { results: unknown[] } }>(
    merchant.cashier,
    previewDocument,
    { commands },
  );
  expect(previewCommands.results).toMatchObject([
    {
      __typename: 'LedgerPreview',
      balances: [{ available: String(available + 10) }],
      transactions: [{ kind: 'EARN' }],
    },
    { __typename: 'LedgerPreview', balances: [{ available: String(available + 6) }], transactions: [{ kind: 'BURN' }] },
    { __typename: 'LedgerInsufficientBalance', code: 'LedgerInsufficientBalance' },
  ]);
  expect(await readWallet(platform, merchant.cashier, wallets[0]?.id ?? '')).toEqual(before);
});

test('its consumer has a balance explained, whatever led to it', async () => {
  const { wallet } = await platform.ask<{
    wallet: {
      version: string;
      explain: {
        version: string;
        balance: { posted: string };
        lots: { available: string }[];
        otherLots: { count: string; available: string };
        movements: { kind: string; transactionCount: string; posted: string }[];
        carriedForward: { posted: string };
      }[];
    };
  }>(wallets[0]?.token ?? '', explainDocument, { id: wallets[0]?.id });
  const [explained] = wallet.explain;
  const sum = (amounts: (string | undefined)[]) => amounts.reduce((total, amount) => total + Number(amount), 0);
  expect(explained?.version).toBe(wallet.version);
  expect(explained?.lots).toHaveLength(100);
  expect(sum([explained?.otherLots.available, ...(explained?.lots ?? []).map(({ available }) => available)])).toBe(
    Number(explained?.balance.posted),
  );
  expect(sum([explained?.carriedForward.posted, ...(explained?.movements ?? []).map(({ posted }) => posted)])).toBe(
    Number(explained?.balance.posted),
  );
});
