import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a port that can go silent while every connection stays open: what a broken network does. */
export type HalfOpenProxy = {
  readonly port: number;
  /** Nothing passes any more through the connections of now, which stay open; new ones work. */
  strand(): void;
  /** Nothing passes any more in either direction; connections are still accepted. */
  freeze(): void;
  /** Everything passes again. */
  thaw(): void;
  close(): Promise<void>;
};

/** Forwards connections to a port of this machine. */
export async function startHalfOpenProxy(targetPort: () => number): Promise<HalfOpenProxy> {
  const sockets = new Set<Socket>();
  const stranded = new Set<Socket>();
  let isFrozen = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      stranded.delete(socket);
    });
    // The other side went away: what is told to both by their ends.
    socket.on('error', () => socket.destroy());
    if (isFrozen) socket.pause();
  };
  const server = createServer((client) => {
    const broker = connect(targetPort(), '127.0.0.1');
    for (const [from, to] of [
      [client, broker],
      [broker, client],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk));
      from.on('end', () => to.end());
      keep(from);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    port: address.port,
    strand: () => {
      for (const socket of sockets) stranded.add(socket.pause());
      sockets.clear();
    },
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of [...sockets, ...stranded]) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
