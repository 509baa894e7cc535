import { createHash } from 'node:crypto';
import type { RecordPlace } from './set-aside-record.ts';

/** Enough to tell apart all letters that an installation will ever have, and short enough to be typed. */
const idHexDigits = 12;

/** How operators name a dead letter, the same on every bus: `dl_` and twelve hexadecimal digits made from its place. */
export function letterIdOf({ consumer, topic, partition, offset }: RecordPlace): string {
  const place = JSON.stringify([consumer, topic, partition, offset.toString()]);
  return `dl_${createHash('sha256').update(place).digest('hex').slice(0, idHexDigits)}`;
}
