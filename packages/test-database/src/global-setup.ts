import { fileURLToPath } from 'node:url';

import { findFreePort, startLocalPostgres } from '@localplus/local-postgres';
import {
  migrate,
  migrationTargets,
  prepareDatabase,
  quoteName,
  withAdminConnection,
  withDatabase,
} from '@localplus/postgres';
import type { TestProject } from 'vitest/node';

import {
  dataDirectoryIn,
  makeTemporaryDirectory,
  removeAbandonedDirectories,
  removeTemporaryDirectory,
} from './temporary-directory.ts';
import { adminPassword, rolePassword } from './test-cluster.ts';

const rootDirectory = fileURLToPath(new URL('../../..', import.meta.url));
const templateName = 'localplus_template';
/** Roles that tests may want before their schema has a first migration. */
const knownRoles = ['bus', 'ledger', 'merchant', 'wallet'];

/**
 * vitest's global set-up: one PostgreSQL in a temporary folder for the whole run, with a template database that has every
 * migration of every schema. Returns what tears it down.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedDirectories();
  const directory = makeTemporaryDirectory();
  const server = await startLocalPostgres({
    dataDirectory: dataDirectoryIn(directory),
    port: await findFreePort(),
    password: adminPassword,
    durability: 'test',
  });
  const tearDown = async () => {
    await server.stop();
    await removeTemporaryDirectory(directory);
  };
  try {
    const roles = await prepareTemplate(server.adminConnectionString);
    project.provide('localplusTestCluster', {
      adminConnectionString: server.adminConnectionString,
      templateName,
      roles,
    });
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

async function prepareTemplate(adminConnectionString: string): Promise<string[]> {
  const targets = migrationTargets(rootDirectory);
  const roles = [...new Set([...knownRoles, ...targets.map(({ schema }) => schema)])].sort();
  await prepareDatabase({
    adminConnectionString,
    databaseName: templateName,
    subgraphs: roles.map((name) => ({ name, password: rolePassword(name) })),
  });
  const connectionString = withDatabase(adminConnectionString, templateName);
  for (const target of targets) await migrate({ connectionString, ...target });
  // Nobody connects to the template any more, so nobody can hold up a clone.
  await withAdminConnection(adminConnectionString, (client) =>
    client.query(`ALTER DATABASE ${quoteName(templateName)} ALLOW_CONNECTIONS false`),
  );
  return roles;
}
