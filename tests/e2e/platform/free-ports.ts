import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range that Linux gives to outgoing connections, so that none of them takes a port between probe and use. */
const lowestPort = 15_000;
const highestPort = 30_000;
const attemptsMax = 200;

/** Whether nobody listens on the port of the loopback address. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Finds different ports that nobody listens on. */
export async function findFreePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let attempt = 0; found.size < count; attempt += 1) {
    if (attempt === attemptsMax) throw new Error(`Not enough free ports were found after ${attemptsMax} attempts.`);
    const port = randomInt(lowestPort, highestPort);
    if (await isPortFree(port)) found.add(port);
  }
  return [...found];
}
