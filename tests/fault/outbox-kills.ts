import { setTimeout as delay } from 'node:timers/promises';
import { createOutboxSchema, type OutboxSchema } from '@localplus/outbox/testing';
import { expect, test, vi } from 'vitest';
import { Effects } from './effects.ts';
import { type BusAddress, openBus } from './open-bus.ts';
import { seed, seededRandom, sized } from './proof-plan.ts';
import { killPoints } from './publisher-main.ts';
import { PublisherProcess } from './publisher-process.ts';
import { recordProof } from './reliability-report.ts';

const killsPerPoint = sized({ smoke: 4, full: 200 });
/** One publishes, one stands by, one starts meanwhile. */
const processes = 3;
const writers = 4;
const writerPauseMs = 15;
const aggregates = 50;
/** What is promised of a stand-by. */
const takeOverLimitMs = 2_000;
/** A mark is dead somewhere between being sent and being answered. */
const markMs = 3;
const stepLimitMs = 30_000;
const testLimitMs = sized({ smoke: 60_000, full: 2_400_000 });
const progressEvery = 30;

/** R3: a publisher that is killed at any point of its work loses nothing, and no effect is made twice. */
export function provePublisherKills(where: string, addressOf: (outbox: OutboxSchema) => BusAddress): void {
  test(`R3, ${where}: a publisher killed before it publishes, before it marks, and while it marks loses nothing; every effect is made once; a stand-by takes over within two seconds`, {
    timeout: testLimitMs,
  }, async () => {
    const outbox = await createOutboxSchema();
    const address = addressOf(outbox);
    const bus = await openBus(address);
    const publishers = new Publishers({
      address,
      ...outbox,
      connectionString: outbox.database.connectionString('bus'),
    });
    try {
      const effects = await Effects.in(outbox);
      await effects.follow(bus);
      const stopWriting = new AbortController();
      const writing = write(outbox, stopWriting.signal);
      const takeOversMs = await killAgainAndAgain(publishers).finally(() => stopWriting.abort());
      await writing;

      const committed = await effects.committed();
      await vi.waitFor(async () => expect(await effects.count()).toBe(committed), {
        timeout: stepLimitMs,
        interval: 50,
      });
      expect(await effects.wrongAggregates()).toEqual([]);
      // Whoever dies after it has sent leaves events that come again: that they did is what made the test one.
      const redelivered = effects.deliveries - committed;
      expect(redelivered).toBeGreaterThanOrEqual(killsPerPoint);
      const slowestMs = Math.round(Math.max(...takeOversMs));
      expect(slowestMs).toBeLessThan(takeOverLimitMs);
      recordProof({
        id: `R3 ${where}`,
        promise:
          'A publisher killed at any point loses nothing; effects are made exactly once; a stand-by takes over within 2 s',
        size: `${killsPerPoint} × kill -9 at each of 3 points (${killPoints.join(', ')}), ${committed} events`,
        result: `0 lost, 0 effects twice, 0 out of order, ${redelivered} redelivered; slowest take-over ${slowestMs} ms`,
        seed,
        command: 'pnpm test:fault -- R3',
      });
    } finally {
      await publishers.end();
      await bus.close();
      await outbox.close();
    }
  });
}

/** The publishers that are alive: one is active, the others stand by or start. */
class Publishers {
  readonly #orders: ConstructorParameters<typeof PublisherProcess>[0];
  #alive: PublisherProcess[] = [];

  constructor({ address, connectionString, schema }: ConstructorParameters<typeof PublisherProcess>[0]) {
    this.#orders = { address, connectionString, schema };
    this.#replenish();
  }

  /** Waits until one is active. */
  active(): Promise<PublisherProcess> {
    return this.#find((all) => all.find(({ state }) => state === 'active'));
  }

  /** Waits until somebody could take over. */
  standBy(): Promise<PublisherProcess> {
    return this.#find((all) => all.find(({ state }) => state === 'standing by'));
  }

  bury(dead: PublisherProcess): void {
    this.#alive = this.#alive.filter((publisher) => publisher !== dead);
    this.#replenish();
  }

  async end(): Promise<void> {
    await Promise.all(this.#alive.map((publisher) => publisher.kill()));
  }

  #replenish(): void {
    while (this.#alive.length < processes) this.#alive.push(new PublisherProcess(this.#orders));
  }

  #find(pick: (all: readonly PublisherProcess[]) => PublisherProcess | undefined): Promise<PublisherProcess> {
    return vi.waitFor(
      () => {
        expect(this.#alive.filter(({ state }) => state === 'active').length).toBeLessThanOrEqual(1);
        const found = pick(this.#alive);
        if (!found) throw new Error('no publisher has come so far');
        return found;
      },
      { timeout: stepLimitMs, interval: 5 },
    );
  }
}

/** Kills the active publisher at each point in turn. Returns how long the stand-bys took to be active. */
async function killAgainAndAgain(publishers: Publishers): Promise<number[]> {
  const random = seededRandom(seed);
  const takeOversMs: number[] = [];
  for (let kill = 0; kill < killsPerPoint * killPoints.length; kill += 1) {
    const active = await publishers.active();
    await publishers.standBy();
    await active.dieAt({ point: killPoints[kill % killPoints.length]!, afterMs: random() * markMs });
    const diedAt = performance.now();
    publishers.bury(active);
    await publishers.active();
    takeOversMs.push(performance.now() - diedAt);
    if ((kill + 1) % progressEvery === 0) console.info(`${kill + 1} of ${killsPerPoint * killPoints.length} kills`);
  }
  return takeOversMs;
}

async function write(outbox: OutboxSchema, signal: AbortSignal): Promise<void> {
  const random = seededRandom(seed + 1);
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (!signal.aborted) {
        await outbox.change(`aggregate-${Math.floor(random() * aggregates)}`);
        await delay(writerPauseMs);
      }
    }),
  );
}
