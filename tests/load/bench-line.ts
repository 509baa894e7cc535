import { join } from 'node:path';
import { inFlight } from '../e2e/platform/in-flight.ts';
import { addMerchant, type TestMerchant, type TestWallet } from '../e2e/platform/merchants.ts';
import { checkout } from '../e2e/platform/platform-process.ts';
import { type Platform, startPlatform } from '../e2e/platform/start-platform.ts';
import { earn, posted, readWallet } from '../e2e/platform/till.ts';
import { Durations, runStage } from './measure.ts';
import { measureProcessorUse } from './processor-use.ts';
import { type DelayRow, delayTable, describeMachine, type LoadRow, loadTable, writeBetweenMarkers } from './report.ts';

const walletCount = 200;
const inFlightLevels = [1, 16, 64];
const watchedPosts = 500;
const warmUpMs = 3_000;
/** Nothing is sent after that, so that a run ends however slow the machine is. */
const stageDurationMs = stageDuration();
const requestsMax = 200_000;
/** Time of the whole run after which it gives up. */
const runLimitMs = 10 * 60_000;

function stageDuration(): number {
  const seconds = Number(process.env.BENCH_STAGE_SECONDS ?? '8');
  if (!(seconds >= 1 && seconds <= 60)) throw new Error('BENCH_STAGE_SECONDS must be from 1 to 60.');
  return seconds * 1_000;
}

interface Scene {
  platform: Platform;
  merchant: TestMerchant;
  wallets: TestWallet[];
}

const watchDocument = `subscription Watch($walletId: ID!) {
  balanceChanged(walletId: $walletId) { version balances { available } wallet { version balances { available } merchant { name } } }
}`;

interface Watched {
  balanceChanged: { version: string };
}

function earnOnce({ platform, merchant, wallets }: Scene) {
  return async (index: number) => {
    const { id: walletId } = wallets[index % wallets.length] ?? failed('there is no wallet');
    posted(await earn(platform, merchant.cashier, { walletId, points: 1 }));
  };
}

function readOnce({ platform, merchant, wallets }: Scene) {
  return async (index: number) => {
    const wallet = wallets[index % wallets.length] ?? failed('there is no wallet');
    if ((await readWallet(platform, merchant.cashier, wallet.id)) === null) failed('the wallet was not shown');
  };
}

function failed(reason: string): never {
  throw new Error(`The measurement failed: ${reason}.`);
}

async function measureLoad(scene: Scene): Promise<LoadRow[]> {
  const rows: LoadRow[] = [];
  const operations = [
    ['earnPoints', earnOnce(scene)],
    ['wallet balances', readOnce(scene)],
  ] as const;
  for (const [operation, send] of operations) {
    await runStage({ inFlight: 16, durationMs: warmUpMs, requestsMax, send });
    for (const level of inFlightLevels) {
      const readUse = measureProcessorUse(scene.platform);
      const result = await runStage({ inFlight: level, durationMs: stageDurationMs, requestsMax, send });
      rows.push({ operation, result, processorUse: readUse() });
      const perSecond = Math.round((result.durations.count / result.elapsedMs) * 1_000);
      console.info(`${operation}, ${level} in flight: ${perSecond}/s, P95 ${result.durations.percentile(95)} ms`);
    }
  }
  return rows;
}

/** Posts one after the other and takes the time until each is on a socket. */
async function measureDelay({ platform, merchant, wallets }: Scene): Promise<DelayRow[]> {
  const wallet = wallets[0] ?? failed('there is no wallet');
  const [fromSent, fromCommit] = [new Durations(), new Durations()];
  let received = { atMs: 0, wallClockMs: 0 };
  const screen = platform.subscribe<Watched>(wallet.token, watchDocument, { walletId: wallet.id }, (atMs) => {
    received = { atMs, wallClockMs: Date.now() };
  });
  await screen.next();
  for (let post = 0; post < watchedPosts; post += 1) {
    const sentAtMs = performance.now();
    const answer = posted(await earn(platform, merchant.cashier, { walletId: wallet.id, points: 1 }));
    const { balanceChanged } = await screen.next();
    if (balanceChanged.version !== answer.version)
      failed(`version ${balanceChanged.version} came for ${answer.version}`);
    fromSent.add(received.atMs - sentAtMs);
    fromCommit.add(received.wallClockMs - Date.parse(answer.transaction.recordedAt));
  }
  await screen.close();
  return [
    { path: 'commit → socket', durations: fromCommit },
    { path: 'sent → socket', durations: fromSent },
  ];
}

async function writeReport(rows: LoadRow[], delays: DelayRow[]): Promise<void> {
  const text = [
    `Measured on ${describeMachine()}, ${new Date().toISOString().slice(0, 10)}, ${stageDurationMs / 1_000} s a line.`,
    loadTable(rows),
    `${watchedPosts} posts, one after the other:`,
    delayTable(delays),
  ].join('\n\n');
  await writeBetweenMarkers(join(checkout, 'docs/performance.md'), 'bench:line', text);
  console.info(`\n${text}\n\nwritten to docs/performance.md`);
}

const limit = setTimeout(() => failed(`it took longer than ${runLimitMs / 60_000} minutes`), runLimitMs);
console.info('starting a platform of its own …');
const platform = await startPlatform({ checksEvents: false });
try {
  const merchant = await addMerchant(platform);
  const wallets = await inFlight(walletCount, 8, () => merchant.enroll());
  const scene = { platform, merchant, wallets };
  const delays = await measureDelay(scene);
  const rows = await measureLoad(scene);
  await writeReport(rows, delays);
  const errors = rows.reduce((sum, { result }) => sum + result.errors, 0);
  if (errors > 0) failed(`${errors} requests had no good answer`);
} finally {
  clearTimeout(limit);
  await platform.stop();
}
