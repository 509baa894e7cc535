import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Where in a batch its connection is lost. */
export type Cut =
  /** The statement that locks never arrives. */
  | 'before the lock'
  /** It arrives, and its answer is lost. */
  | 'after the lock'
  /** What was decided never arrives. */
  | 'before the write'
  /** It arrives, and the COMMIT behind it does not. */
  | 'after the write, before COMMIT'
  /** It is committed, and nobody is told. */
  | 'after COMMIT';

/** Every place where a connection can be lost. */
export const everyCut: readonly Cut[] = [
  'before the lock',
  'after the lock',
  'before the write',
  'after the write, before COMMIT',
  'after COMMIT',
];

/** A way to PostgreSQL that breaks one connection, once, where it is told to. */
export interface CuttingProxy {
  /** The same account and database, by the proxy. */
  connectionString: string;
  /** Arms it. */
  cut: (where: Cut) => void;
  /** How many connections it has cut. */
  readonly cuts: number;
  close: () => Promise<void>;
}

/** A simple query is told by a letter, its length, and its text. */
const queryHeaderBytes = 5;

class Line {
  readonly #proxy: { armed: Cut | undefined; cuts: number };
  readonly #client: Socket;
  readonly #server: Socket;
  #isLockSent = false;

  constructor(proxy: { armed: Cut | undefined; cuts: number }, client: Socket, server: Socket) {
    this.#proxy = proxy;
    this.#client = client;
    this.#server = server;
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    server.on('data', (chunk: Buffer) => this.#fromServer(chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('close', () => other.destroy());
      // The other side is told by its end.
      one.on('error', () => one.destroy());
    }
  }

  #fromClient(chunk: Buffer): void {
    const { armed } = this.#proxy;
    const commitAt = chunk.indexOf('COMMIT\0');
    if (chunk.includes('lock_batch')) this.#isLockSent = true;
    if (armed === 'before the lock' && chunk.includes('lock_batch')) this.#cut();
    else if (armed === 'before the write' && chunk.includes('write_batch')) this.#cut();
    else if (armed === 'after the write, before COMMIT' && commitAt >= 0) {
      this.#server.write(chunk.subarray(0, commitAt - queryHeaderBytes), () => this.#cut());
    } else this.#server.write(chunk);
  }

  #fromServer(chunk: Buffer): void {
    const { armed } = this.#proxy;
    const isLocked = armed === 'after the lock' && this.#isLockSent;
    const isCommitted = armed === 'after COMMIT' && chunk.includes('COMMIT\0');
    if (isLocked || isCommitted) this.#cut();
    else this.#client.write(chunk);
  }

  #cut(): void {
    this.#proxy.armed = undefined;
    this.#proxy.cuts += 1;
    this.#client.destroy();
    this.#server.destroy();
  }
}

/** Opens a proxy before the server of a connection string. */
export async function openCuttingProxy(connectionString: string): Promise<CuttingProxy> {
  const target = new URL(connectionString);
  const state: { armed: Cut | undefined; cuts: number } = { armed: undefined, cuts: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    new Line(state, client, upstream);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  const through = new URL(connectionString);
  through.hostname = '127.0.0.1';
  through.port = String(address.port);
  return {
    connectionString: through.href,
    cut: (where) => {
      state.armed = where;
    },
    get cuts() {
      return state.cuts;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
