import { TypeID } from 'typeid-js';
import { v7, validate } from 'uuid';
import { type IdentifierPrefix, identifierPrefixes } from './prefixes.ts';

/** A text that was to be an identifier of a certain kind and is not. */
export class InvalidIdentifier extends Error {
  readonly prefix: IdentifierPrefix;

  constructor(prefix: IdentifierPrefix) {
    super(`This is not the identifier of a ${identifierPrefixes[prefix]}: it starts with "${prefix}_".`);
    this.name = 'InvalidIdentifier';
    this.prefix = prefix;
  }
}

/** Makes a new UUID of version 7. Those of one process sort by their making. */
export function newUuid(): string {
  return v7();
}

/** Makes a new identifier, sortable by the time of its making: `wal_01jd…`. */
export function newId(prefix: IdentifierPrefix): string {
  return fromUuid(prefix, newUuid());
}

/**
 * Writes a UUID of the database as the identifier that contracts and logs use.
 * @throws InvalidIdentifier where the text is no UUID: the library would make some identifier of it
 */
export function fromUuid(prefix: IdentifierPrefix, uuid: string): string {
  if (!validate(uuid)) throw new InvalidIdentifier(prefix);
  return TypeID.fromUUID(prefix, uuid).toString();
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
