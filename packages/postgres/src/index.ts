export { withAccount, withAdminConnection, withDatabase } from './admin-connection.ts';
export { createPool, type PoolSettings } from './create-pool.ts';
export { MigrationError, type MigrationSettings, migrate } from './migrate.ts';
export { type MigrationTarget, migrationTargets } from './migration-targets.ts';
export { quoteName, rolesOf, type SubgraphRoles } from './names.ts';
export {
  type DatabasePreparation,
  grantDatabaseAccess,
  type PreparedSubgraph,
  prepareDatabase,
} from './prepare-database.ts';
export { constraintName, sqlState } from './sql-state.ts';
export { type RetryOptions, withRetry } from './with-retry.ts';
export { withTransaction } from './with-transaction.ts';
