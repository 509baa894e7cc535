import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { rolesOf } from './names.ts';

/** One schema to migrate: where its migrations stand, and as whom they run. */
export type MigrationTarget = { schema: string; ownerRole: string; directory: string };

/**
 * Every schema that this checkout has migrations for: the embedded bus's, and one per folder of `prisma/`.
 * @param rootDirectory the checkout
 */
export function migrationTargets(rootDirectory: string): MigrationTarget[] {
  const prisma = join(rootDirectory, 'prisma');
  const subgraphs = existsSync(prisma) ? readdirSync(prisma).sort() : [];
  return [
    target('bus', join(rootDirectory, 'packages', 'event-bus', 'migrations')),
    ...subgraphs.map((name) => target(name, join(prisma, name, 'migrations'))),
  ].filter(({ directory }) => existsSync(directory));
}

function target(name: string, directory: string): MigrationTarget {
  const { schema, ownerRole } = rolesOf(name);
  return { schema, ownerRole, directory };
}
