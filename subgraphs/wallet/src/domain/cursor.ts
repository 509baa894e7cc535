/**
 * A cursor names a version of one holder: a format byte, the holder's UUID, the version as 8 bytes. Clients see base64url and
 * must not look inside.
 */
const format = 1;
const bytesTotal = 1 + 16 + 8;

/** The text is no cursor, or one of another wallet. */
export class InvalidCursor extends Error {
  constructor() {
    super('The cursor is malformed or belongs to another wallet.');
    this.name = 'InvalidCursor';
  }
}

/** Writes the cursor of a holder's version. */
export function writeCursor(holderId: string, version: bigint): string {
  const bytes = Buffer.alloc(bytesTotal);
  bytes.writeUInt8(format, 0);
  bytes.write(holderId.replaceAll('-', ''), 1, 'hex');
  bytes.writeBigInt64BE(version, 17);
  return bytes.toString('base64url');
}

/**
 * Reads the version out of a cursor of the given holder.
 * @throws InvalidCursor
 */
export function readCursor(holderId: string, cursor: string): bigint {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== bytesTotal) throw new InvalidCursor();
  const version = bytes.readBigInt64BE(17);
  // Writing it again refuses everything at once: another format, another holder, a text that is not canonical base64url.
  if (version < 0n || writeCursor(holderId, version) !== cursor) throw new InvalidCursor();
  return version;
}
