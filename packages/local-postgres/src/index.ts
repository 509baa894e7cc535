export { findFreePort, PortTakenError } from './port.ts';
export { DataInUseError } from './postmaster.ts';
export { removeLocalPostgres } from './remove-local-postgres.ts';
export type { Durability, ServerSettings } from './server-settings.ts';
export {
  type LocalPostgres,
  type LocalPostgresSettings,
  startLocalPostgres,
  type UnexpectedExit,
} from './start-local-postgres.ts';
