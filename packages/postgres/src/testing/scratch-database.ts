import { randomBytes } from 'node:crypto';

import { inject } from 'vitest';

import { withAccount, withAdminConnection, withDatabase } from '../admin-connection.ts';
import { quoteName, rolesOf } from '../names.ts';
import { prepareDatabase } from '../prepare-database.ts';

/** A database with subgraphs of its own names, apart from the template that has the migrations of Local-Plus. */
export type ScratchDatabase = {
  databaseName: string;
  /** As superuser, to the maintenance database of the server. */
  serverConnectionString: string;
  /** As superuser, to this database. */
  adminConnectionString: string;
  /** Names that no other test has. */
  first: string;
  second: string;
  connectionString(role: string): string;
  prepare(): Promise<void>;
  drop(): Promise<void>;
};

export async function makeScratchDatabase(): Promise<ScratchDatabase> {
  const { adminConnectionString: serverConnectionString } = inject('localplusTestCluster');
  const suffix = randomBytes(5).toString('hex');
  const databaseName = `scratch_${suffix}`;
  const adminConnectionString = withDatabase(serverConnectionString, databaseName);
  const names = [`first_${suffix}`, `second_${suffix}`] as const;
  const prepare = () =>
    prepareDatabase({
      adminConnectionString: serverConnectionString,
      databaseName,
      subgraphs: names.map((name) => ({ name, password: passwordOf(name) })),
    });
  await prepare();
  return {
    databaseName,
    serverConnectionString,
    adminConnectionString,
    first: names[0],
    second: names[1],
    connectionString: (role) => withAccount(adminConnectionString, role, passwordOf(role)),
    prepare,
    drop: () =>
      withAdminConnection(serverConnectionString, async (client) => {
        await client.query(`DROP DATABASE ${quoteName(databaseName)} WITH (FORCE)`);
        for (const { ownerRole, loginRole } of names.map(rolesOf)) {
          await client.query(`DROP ROLE ${quoteName(ownerRole)}, ${quoteName(loginRole)}`);
        }
      }),
  };
}

/** With the characters that a connection string has other uses for. */
function passwordOf(role: string): string {
  return `p:${role}@'/%?#`;
}
