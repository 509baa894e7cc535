import { inFlight } from '../../e2e/platform/in-flight.ts';
import { addMerchant, type TestMerchant, type TestWallet } from '../../e2e/platform/merchants.ts';
import { type Platform, startPlatform } from '../../e2e/platform/start-platform.ts';
import { earn, posted } from '../../e2e/platform/till.ts';
import { waitUntil } from '../../e2e/platform/wait-until.ts';
import { Durations } from '../measure.ts';
import { type OpenLoopResult, runOpenLoop } from './open-loop.ts';
import { Screen } from './screen.ts';

/** Which event bus a platform runs on. */
export type BusName = 'embedded' | 'Kafka';

/** How much is posted in a round. */
export interface Load {
  perSecond: number;
  durationMs: number;
  /** Ends it early. */
  signal: AbortSignal;
}

/** What a round of posts measured. */
export interface RoundResult {
  posts: OpenLoopResult;
  /** From the ledger's time of the transaction to the socket of whoever watches the wallet. */
  fromCommit: Durations;
  /** From the time at which the post was due to the same: what waited for anything is in it. */
  fromDue: Durations;
  /** Versions that were committed and did not come, or came otherwise than once and in order. */
  faults: string[];
}

interface Watched {
  wallet: TestWallet;
  screen: Screen;
}

interface Post {
  screen: Screen;
  version: number;
  committedAtMs: number;
  dueAtMs: number;
}

/** Enrolments, and sockets that connect, at once: as many as the platform does without refusing any. */
const setUpInFlight = 8;
/** After the last answer its events are a few milliseconds away; what has not come by then is missing. */
const arrivalTimeoutMs = 10_000;

/** A platform whose wallets are watched, each by its holder on a socket of their own. */
export class LiveScene {
  readonly busName: BusName;
  readonly platform: Platform;
  readonly #merchant: TestMerchant;
  readonly #watched: readonly Watched[];

  private constructor(
    busName: BusName,
    platform: Platform,
    { merchant, watched }: { merchant: TestMerchant; watched: readonly Watched[] },
  ) {
    this.busName = busName;
    this.platform = platform;
    this.#merchant = merchant;
    this.#watched = watched;
  }

  /** Starts a platform, enrols so many people at one merchant, and opens a socket for each. */
  static async open(busName: BusName, socketCount: number, signal: AbortSignal): Promise<LiveScene> {
    const platform = await startPlatform({ kafka: busName === 'Kafka', checksEvents: false });
    try {
      const merchant = await addMerchant(platform);
      const wallets = await inFlight(socketCount, setUpInFlight, () => {
        signal.throwIfAborted();
        return merchant.enroll();
      });
      const url = platform.run().gateway.websocket;
      const watched = await inFlight(socketCount, setUpInFlight, async (index) => {
        signal.throwIfAborted();
        const wallet = wallets[index];
        if (!wallet) throw new Error('There are fewer wallets than sockets.');
        const screen = new Screen({ url, token: wallet.token, walletId: wallet.id });
        await screen.ready;
        return { wallet, screen };
      });
      return new LiveScene(busName, platform, { merchant, watched });
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** Posts by the clock, wallet after wallet, and waits for what the screens show of it. */
  async run(load: Load): Promise<RoundResult> {
    const made: Post[] = [];
    const posts = await runOpenLoop({
      ...load,
      send: async (index, dueAtMs) => {
        const watched = this.#watched[index % this.#watched.length];
        if (!watched) throw new Error('There is no wallet.');
        const { wallet, screen } = watched;
        const answer = posted(await earn(this.platform, this.#merchant.cashier, { walletId: wallet.id, points: 1 }));
        const committedAtMs = Date.parse(answer.transaction.recordedAt);
        made.push({ screen, version: Number(answer.version), committedAtMs, dueAtMs });
      },
    });
    return { posts, ...(await this.#collect(made)) };
  }

  async close(): Promise<void> {
    try {
      await Promise.all(this.#watched.map(({ screen }) => screen.close()));
    } finally {
      await this.platform.stop();
    }
  }

  async #collect(made: readonly Post[]): Promise<Omit<RoundResult, 'posts'>> {
    const [fromCommit, fromDue] = [new Durations(), new Durations()];
    const haveArrived = () => made.every(({ screen, version }) => screen.version >= version);
    await waitUntil('every committed change is on its socket', haveArrived, arrivalTimeoutMs);
    const faults = this.#watched.flatMap(({ screen }) => screen.faults.splice(0));
    for (const { screen, version, committedAtMs, dueAtMs } of made) {
      const arrivedAtMs = screen.arrivalOf(version);
      if (arrivedAtMs === undefined) {
        faults.push(`version ${version} was left out`);
        continue;
      }
      fromCommit.add(arrivedAtMs - committedAtMs);
      fromDue.add(arrivedAtMs - dueAtMs);
    }
    return { fromCommit, fromDue, faults };
  }
}
