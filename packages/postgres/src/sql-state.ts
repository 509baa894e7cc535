/** Prisma's own codes (`P2002`) and Node's (`EPIPE`) also have five characters; no SQLSTATE class begins like them. */
const sqlStateForm = /^(?:[0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;
/** Errors wrap each other a few times at most; a ring must not hold us. */
const deepestCause = 8;

/**
 * The SQLSTATE of a failed statement (`23505`, `40P01`), whoever wrapped the error: `pg`, Prisma's driver adapter, or a
 * `cause` of ours. `undefined` when the failure did not come from PostgreSQL.
 */
export function sqlState(error: unknown): string | undefined {
  return find(error, (level) => {
    for (const candidate of [level.originalCode, level.code]) {
      if (typeof candidate === 'string' && sqlStateForm.test(candidate)) return candidate;
    }
    return undefined;
  });
}

/** The name of the constraint that a statement broke, for matching a refusal; `undefined` when none is named. */
export function constraintName(error: unknown): string | undefined {
  return find(error, (level) => {
    if (typeof level.constraint === 'string') return level.constraint;
    if (isRecord(level.constraint) && typeof level.constraint.index === 'string') return level.constraint.index;
    // Prisma's adapter drops the name of a unique constraint; PostgreSQL's message still quotes it.
    if (typeof level.originalMessage === 'string') return /constraint "([^"]+)"/.exec(level.originalMessage)?.[1];
    return undefined;
  });
}

function find(error: unknown, read: (level: Record<string, unknown>) => string | undefined): string | undefined {
  let levels: unknown[] = [error];
  for (let depth = 0; depth < deepestCause && levels.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const level of levels) {
      if (!isRecord(level)) continue;
      const found = read(level);
      if (found !== undefined) return found;
      // Prisma keeps what the driver said under `meta.driverAdapterError`, and a raw query's code in `meta` itself.
      next.push(level.cause, level.meta, level.driverAdapterError);
    }
    levels = next;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
