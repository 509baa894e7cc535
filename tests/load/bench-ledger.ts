import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withAdminConnection } from '@localplus/postgres';
import { checkout } from '../e2e/platform/platform-process.ts';
import { processorTimeOfAllMs } from '../e2e/platform/processes.ts';
import { checkBooks } from './ledger/check-books.ts';
import { type BenchDatabase, type BenchServer, serverSettings, startBenchServer } from './ledger/database.ts';
import { goalsOf } from './ledger/goals.ts';
import { openPrismaLoad } from './ledger/prisma-load.ts';
import { measureReads } from './ledger/reads.ts';
import { commandsPerSecond, goalTable, type Round, Scenario, scenarioTable } from './ledger/results.ts';
import { type Aim, openWriterLoad, type WriterLoad } from './ledger/writer-load.ts';
import { findPgbench, runYardstick } from './ledger/yardstick.ts';
import { describeMachine, writeBetweenMarkers } from './report.ts';

/** Short enough for many rounds, long enough for a checkpoint or a collection of garbage to be part of one. */
const roundMs = 4_000;
const commandsPerBulk = 100;
/** What is there before in the ledger that is hardly used: enough that statistics and caches are not of empty tables. */
const versionsInSmall = 10;

const { values: options } = parseArgs({
  options: {
    /** Ten million postings in the large ledger, which takes some minutes to write. */
    full: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    holders: { type: 'string', default: '100000' },
  },
});
/**
 * After a checkpoint the first change of a page is logged with the whole page. A server meets that for a minute of each quarter of an
 * hour, but a measurement of seconds in a large ledger would see little else: it is over before anything counts.
 */
const warmUp = { inFlight: 256, durationMs: options.full ? 45_000 : 5_000 };
const rounds = numberOf('rounds', 1, 20);
const holders = numberOf('holders', 1_000, 1_000_000);
/** Fifty for each merchant, but for the one that has a tenth of all. */
const merchants = Math.ceil(holders / 50);

function numberOf(option: 'rounds' | 'holders', least: number, most: number): number {
  const number = Number(options[option]);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new Error(`--${option} is a number from ${least} to ${most}.`);
}

/** Ten million postings: seven of ten versions have one, three have two. One holder has a million of them. */
const versionsInLarge = options.full ? 7_700_000 : 770_000;
const versionsOfBusyHolder = versionsInLarge / 10;
const versionsPerHolder = Math.ceil((versionsInLarge - versionsOfBusyHolder) / holders);
const sizeOfLarge = { holders, merchants, versionsPerHolder, versionsOfBusyHolder };

interface Measured {
  scenario: Scenario;
  run: () => Promise<Omit<Round, 'postgresUs' | 'nodeUs'> & { count: number }>;
}

async function ofWriter(load: WriterLoad, aim: Aim, inFlight: number, commandsPerRequest = 1) {
  const result = await load.run({ aim, inFlight, durationMs: roundMs, commandsPerRequest });
  const count = result.durations.count * commandsPerRequest;
  const { durations, errors } = result;
  return { perSecond: commandsPerSecond(result, commandsPerRequest), count, durations, errors };
}

async function ofYardstick(pgbench: string, database: BenchDatabase, aim: Aim, inFlight: number) {
  const result = await runYardstick(pgbench, database, { aim, inFlight, durationMs: roundMs });
  return { ...result, durations: undefined, errors: 0 };
}

/**
 * Everything that is measured, in rounds that take turns: what slows the machine for a while slows all of it. What is compared
 * stands side by side.
 */
function scenariosOf(
  small: { database: BenchDatabase; load: WriterLoad; prisma: Awaited<ReturnType<typeof openPrismaLoad>> },
  large: { load: WriterLoad },
  pgbench: string,
): Measured[] {
  const writer = (name: string, load: WriterLoad, aim: Aim, inFlight: number, perRequest = 1): Measured => ({
    scenario: new Scenario(name, inFlight),
    run: () => ofWriter(load, aim, inFlight, perRequest),
  });
  const yardstick = (name: string, aim: Aim, inFlight: number): Measured => ({
    scenario: new Scenario(name, inFlight),
    run: () => ofYardstick(pgbench, small.database, aim, inFlight),
  });
  return [
    ...[8, 32, 64].map((inFlight) => writer('writer, uniform', small.load, 'uniform', inFlight)),
    writer('writer, large ledger', large.load, 'uniform', 64),
    writer(`writer, requests of ${commandsPerBulk}`, small.load, 'uniform', 8, commandsPerBulk),
    writer('writer, uniform', small.load, 'uniform', 256),
    ...[8, 32, 64, 256].map((inFlight) => writer('writer, hot merchant', small.load, 'hot merchant', inFlight)),
    writer('writer, hot wallet', small.load, 'hot wallet', 64),
    ...[8, 64].map((inFlight) => yardstick('pgbench, uniform', 'uniform', inFlight)),
    yardstick('pgbench, hot merchant', 'hot merchant', 64),
    {
      scenario: new Scenario('Prisma, interactive transaction', 64),
      run: async () => {
        const { durations, errors, elapsedMs } = await small.prisma.run({ inFlight: 64, durationMs: roundMs });
        return { perSecond: (durations.count / elapsedMs) * 1_000, count: durations.count, durations, errors };
      },
    },
  ];
}

async function measureRound(
  server: BenchServer,
  databases: BenchDatabase[],
  { scenario, run }: Measured,
): Promise<void> {
  // As a publisher would have left it.
  for (const { adminConnectionString } of databases) {
    await withAdminConnection(adminConnectionString, (client) => client.query('TRUNCATE ledger.outbox'));
  }
  // Also of the connections that end on the way.
  const [postgresBefore, nodeBefore] = [processorTimeOfAllMs(server.pid), process.cpuUsage()];
  const { count, ...round } = await run();
  const node = process.cpuUsage(nodeBefore);
  const each = 1 / Math.max(1, count);
  scenario.rounds.push({
    ...round,
    postgresUs: (processorTimeOfAllMs(server.pid) - postgresBefore) * 1_000 * each,
    nodeUs: (node.user + node.system) * each,
  });
  console.info(`${scenario.name}, ${scenario.inFlight} in flight: ${round.perSecond.toFixed(0)}/s`);
}

async function measure(server: BenchServer): Promise<string> {
  const pgbench = findPgbench();
  console.info('filling two ledgers …');
  const small = await server.addDatabase('small', {
    holders,
    merchants,
    versionsPerHolder: versionsInSmall,
    versionsOfBusyHolder: 0,
  });
  const large = await server.addDatabase('large', sizeOfLarge);
  await server.settle();
  const reads = await measureReads(large);
  const [smallLoad, largeLoad] = [await openWriterLoad(small), await openWriterLoad(large)];
  const prisma = await openPrismaLoad(small);
  try {
    for (const load of [smallLoad, largeLoad]) await load.run({ aim: 'uniform', ...warmUp });
    const measured = scenariosOf({ database: small, load: smallLoad, prisma }, { load: largeLoad }, pgbench);
    for (let round = 0; round < rounds; round += 1) {
      for (const each of measured) await measureRound(server, [small, large], each);
    }
    for (const database of [small, large]) await checkBooks(database);
    return reportOf(
      measured.map(({ scenario }) => scenario),
      reads,
      large,
    );
  } finally {
    await Promise.all([smallLoad.close(), largeLoad.close(), prisma.close()]);
  }
}

function reportOf(
  scenarios: Scenario[],
  reads: Awaited<ReturnType<typeof measureReads>>,
  { size }: BenchDatabase,
): string {
  const postings = (1.3 * ((size.holders - 1) * size.versionsPerHolder + size.versionsOfBusyHolder)) / 1_000_000;
  const settings = Object.entries(serverSettings).map(([name, value]) => `${name} ${value}`);
  return [
    `Measured on ${describeMachine()}, ${new Date().toISOString().slice(0, 10)}: ${rounds} × ${roundMs / 1_000} s of each, medians [lowest–highest].`,
    `PostgreSQL 18 with fsync, synchronous_commit and full_page_writes on; ${settings.join(', ')}. ${holders} holders of ${merchants} merchants; the large ledger has ${postings.toFixed(1)} million postings before, ${((1.3 * size.versionsOfBusyHolder) / 1_000_000).toFixed(1)} million of them of one holder.`,
    scenarioTable(scenarios),
    goalTable(goalsOf(scenarios, reads, commandsPerBulk)),
  ].join('\n\n');
}

const server = await startBenchServer();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.stop();
    process.exit(1);
  });
}
try {
  const text = await measure(server);
  await writeBetweenMarkers(join(checkout, 'docs/performance.md'), 'bench:ledger', text);
  console.info(`\n${text}\n\nwritten to docs/performance.md`);
} finally {
  await server.stop();
}
