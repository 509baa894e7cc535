import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port that PostgreSQL should listen on belongs to another program. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;

  constructor(port: number) {
    super(`port ${port}, wanted for PostgreSQL, is already taken`);
    this.port = port;
  }
}

/** Throws a `PortTakenError` when something listens on this port of 127.0.0.1. */
export async function assertPortFree(port: number): Promise<void> {
  await listenOnce(port);
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  return listenOnce(0);
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw new PortTakenError(port);
    throw error;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
