import { type Client, escapeLiteral } from 'pg';

import { exclusively, withAdminConnection, withDatabase } from './admin-connection.ts';
import { quoteName, rolesOf } from './names.ts';
import { scramVerifier } from './scram-verifier.ts';

export type PreparedSubgraph = {
  /** Names the schema, the login role, and with `_owner` the owner role. */
  name: string;
  password: string;
};

export type DatabasePreparation = {
  /** An account that may create databases and roles; any database of the server. */
  adminConnectionString: string;
  databaseName: string;
  subgraphs: PreparedSubgraph[];
};

/**
 * Makes the database, and for each subgraph a schema, its owner role (no login) and its login role with the given password.
 * A login role may connect and look up names in its own schema; tables are granted by the migrations, which may also make a
 * schema beside it for the tables of a library. Everybody else may nothing. Safe to run again, and by several processes at once.
 */
export async function prepareDatabase(preparation: DatabasePreparation): Promise<void> {
  const { adminConnectionString, databaseName, subgraphs } = preparation;
  await withAdminConnection(adminConnectionString, (client) =>
    exclusively(client, 'localplus.prepare', async () => {
      for (const subgraph of subgraphs) await prepareRoles(client, subgraph);
      await createDatabase(client, databaseName);
      const names = subgraphs.map(({ name }) => name);
      await withAdminConnection(withDatabase(adminConnectionString, databaseName), async (inside) => {
        await grantDatabaseAccess(inside, databaseName, names);
        await inside.query(names.map(schemaStatements).join(''));
      });
    }),
  );
}

async function prepareRoles(client: Client, { name, password }: PreparedSubgraph): Promise<void> {
  const { ownerRole, loginRole } = rolesOf(name);
  for (const role of [ownerRole, loginRole]) {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${quoteName(role)}`);
  }
  await client.query(
    `ALTER ROLE ${quoteName(ownerRole)} NOLOGIN;
     ALTER ROLE ${quoteName(loginRole)} LOGIN NOINHERIT PASSWORD ${escapeLiteral(scramVerifier(password))}`,
  );
  // A managed server's administrator is no superuser, and must be a member of the owner role to act as it.
  const { rows } = await client.query<{ member: boolean }>(`SELECT pg_has_role(current_user, $1, 'SET') AS member`, [
    ownerRole,
  ]);
  if (!rows[0]?.member) await client.query(`GRANT ${quoteName(ownerRole)} TO CURRENT_USER`);
}

async function createDatabase(client: Client, databaseName: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName]);
  // The server's own locale is kept; template0 makes the encoding ours to choose.
  if (rowCount === 0)
    await client.query(`CREATE DATABASE ${quoteName(databaseName)} TEMPLATE template0 ENCODING 'UTF8'`);
}

/**
 * Sets what belongs to the database as a whole, which a clone of it does not inherit: who may connect, and each role's
 * `search_path` and time zone. A day is 24 hours in the code, and in SQL only where clocks are never put forward or back,
 * wherever the server stands. Run while connected to any database of the server.
 */
export async function grantDatabaseAccess(client: Client, databaseName: string, names: string[]): Promise<void> {
  const database = quoteName(databaseName);
  const statements = names.map(rolesOf).map(({ schema, ownerRole, loginRole }) => {
    const role = quoteName(loginRole);
    return `GRANT CREATE ON DATABASE ${database} TO ${quoteName(ownerRole)};
      GRANT CONNECT ON DATABASE ${database} TO ${role};
      ALTER ROLE ${role} IN DATABASE ${database} SET search_path = ${quoteName(schema)};
      ALTER ROLE ${role} IN DATABASE ${database} SET timezone = 'UTC';`;
  });
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC; ${statements.join('')}`);
}

function schemaStatements(name: string): string {
  const { schema, ownerRole, loginRole } = rolesOf(name);
  return `REVOKE ALL ON SCHEMA public FROM PUBLIC;
    CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)} AUTHORIZATION ${quoteName(ownerRole)};
    GRANT USAGE ON SCHEMA ${quoteName(schema)} TO ${quoteName(loginRole)};`;
}
