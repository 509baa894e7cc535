import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** A consumer in a process of its own. */
export class MemberProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit');
  }

  /** Starts it, and waits until it consumes. @param orders what it gets as JSON */
  static async start(module: string, orders: unknown): Promise<MemberProcess> {
    const child = fork(module, [JSON.stringify(orders)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const member = new MemberProcess(child);
    await Promise.race([
      once(child, 'message'),
      member.#ended.then(() => {
        throw new Error(`a member ended with ${child.exitCode} before it consumed`);
      }),
    ]);
    return member;
  }

  /** Waits until it has ended by itself. Returns its exit code. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Has it leave in order. */
  async leave(): Promise<void> {
    this.#child.send('leave');
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`a member that was to leave ended with ${this.#child.exitCode}`);
  }
}

type Churn = {
  readonly members: number;
  readonly start: () => Promise<MemberProcess>;
  /** How often one goes and another comes. */
  readonly intervalMs: number;
  readonly random: () => number;
};

/** Members that come and go, some in order and some killed, while work is done. The others are left to go on afterwards. */
export async function withChurn({ members, start, intervalMs, random }: Churn, work: () => Promise<void>) {
  const alive = await Promise.all(Array.from({ length: members }, start));
  const changes = { killed: 0, left: 0 };
  let isWorking = true;
  const working = work().finally(() => {
    isWorking = false;
  });
  const changing = (async () => {
    while (isWorking) {
      await delay(intervalMs);
      const [goes] = alive.splice(Math.floor(random() * alive.length), 1);
      const isKilled = changes.killed < changes.left;
      changes[isKilled ? 'killed' : 'left'] += 1;
      await Promise.all([isKilled ? goes?.kill() : goes?.leave(), start().then((member) => alive.push(member))]);
    }
  })();
  const end = async (): Promise<void> => {
    await Promise.all(alive.splice(0).map((member) => member.kill()));
  };
  try {
    await Promise.all([working, changing]);
  } catch (error) {
    isWorking = false;
    await end();
    throw error;
  }
  return { ...changes, end };
}

/** The body of a member's process: starts, says so, and leaves when it is told to. */
export function beMember<Orders>(start: (orders: Orders) => Promise<{ stop(): Promise<void> }>): void {
  process.once('disconnect', () => process.exit(0));
  const live = async (): Promise<void> => {
    const running = await start(JSON.parse(process.argv[2] ?? ''));
    const told = once(process, 'message');
    process.send?.('consuming');
    await told;
    await running.stop();
    process.exit(0);
  };
  live().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
