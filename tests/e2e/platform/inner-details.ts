import { expect } from 'vitest';
import type { Platform } from './start-platform.ts';

/** What a stack trace, an address or a library's error would leave in an answer. */
const tracks = [
  /127\.0\.0\.1/,
  /localhost/,
  /https?:\/\/(?:ledger|wallet|merchant)\b/,
  /\bat .+\(.+\)/,
  /\bat (?:async )?(?:file:|node:|\/)/,
  /\.(?:ts|js|mjs):\d/,
  /node_modules|node:internal|"stack"|stacktrace/i,
  /ECONN|EPIPE|ETIMEDOUT|UND_ERR|socket hang up/,
  /prisma|postgres|SQLSTATE|SELECT |INSERT |violates/i,
];

/** Holds that what a client was sent has no stack trace, no inner address, port or name of a library. */
export function expectNoInnerDetails(platform: Platform, body: string): void {
  for (const track of tracks) expect(body).not.toMatch(track);
  const { GATEWAY_PORT: _, ...innerPorts } = platform.ports;
  for (const port of Object.values(innerPorts)) expect(body).not.toMatch(new RegExp(`(?<!\\d)${port}(?!\\d)`));
}
