import { randomUUID } from 'node:crypto';
import { TypeID } from 'typeid-js';
import { type IdentifierPrefix, identifierPrefixes } from './prefixes.ts';

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const alphabet = [...'0123456789abcdefghjkmnpqrstvwxyz'];
const counterMax = 0xfff;
/** Where the variant and the random bits of a UUID begin. */
const afterVersion = 18;
/** Two characters of base 32 for each ten bits. */
const pairs = alphabet.flatMap((first) => alphabet.map((second) => first + second));

/** A text that was to be an identifier of a certain kind and is not. */
export class InvalidIdentifier extends Error {
  readonly prefix: IdentifierPrefix;

  constructor(prefix: IdentifierPrefix) {
    super(`This is not the identifier of a ${identifierPrefixes[prefix]}: it starts with "${prefix}_".`);
    this.name = 'InvalidIdentifier';
    this.prefix = prefix;
  }
}

let lastMs = 0;
let counter = 0;

/**
 * Makes a new UUID of version 7 (RFC 9562, method 1): the time in milliseconds, a counter that begins anew at a random number
 * in each of them, and 62 random bits. Those of one process sort by their making.
 */
export function newUuid(): string {
  const random = randomUUID();
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = Number.parseInt(random.slice(0, 3), 16) >> 1;
  } else if (counter === counterMax) {
    lastMs += 1;
    counter = 0;
  } else counter += 1;
  const time = lastMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}${random.slice(afterVersion)}`;
}

/** Makes a new identifier, sortable by the time of its making: `wal_01jd…`. */
export function newId(prefix: IdentifierPrefix): string {
  return fromUuid(prefix, newUuid());
}

/**
 * Writes a UUID of the database as the identifier that contracts and logs use. Every event has half a dozen of them, so it
 * is done here: the library takes ten times as long.
 */
export function fromUuid(prefix: IdentifierPrefix, uuid: string): string {
  if (!uuidForm.test(uuid)) throw new InvalidIdentifier(prefix);
  const digits = uuid.replaceAll('-', '');
  let text = `${prefix}_${pairs[Number.parseInt(digits.slice(0, 2), 16)]}`;
  for (let at = 2; at < digits.length; at += 5) {
    const bits = Number.parseInt(digits.slice(at, at + 5), 16);
    text += `${pairs[bits >> 10]}${pairs[bits & 1023]}`;
  }
  return text;
}

/** Reads the UUID out of an identifier; undefined where the text is none of that kind. */
export function parseId(text: string, prefix: IdentifierPrefix): string | undefined {
  if (!text.startsWith(`${prefix}_`)) return undefined;
  try {
    return TypeID.fromString(text, prefix).toUUID();
  } catch {
    // The library signals every malformed text by throwing; the caller's answer to all of them is the same.
    return undefined;
  }
}

/**
 * Reads the UUID out of an identifier.
 * @throws InvalidIdentifier where the text is none of that kind.
 */
export function toUuid(text: string, prefix: IdentifierPrefix): string {
  const uuid = parseId(text, prefix);
  if (uuid === undefined) throw new InvalidIdentifier(prefix);
  return uuid;
}
