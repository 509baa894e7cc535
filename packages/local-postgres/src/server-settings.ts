import { supervisorSetting } from './postmaster.ts';

/**
 * `full`: what was committed survives a crash of the machine. `test`: faster by far, for data that nobody misses; a crash of
 * PostgreSQL alone still loses nothing.
 */
export type Durability = 'full' | 'test';

/** Three subgraphs, the bus and the gateway open some 100 together; tests open more. */
const maxConnections = 200;
/** Holds the working set of a trial installation without weighing on a laptop. */
const sharedBuffers = '128MB';

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: maxConnections,
  shared_buffers: sharedBuffers,
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Statements and error details hold personal data; what is left are starts, stops and crashes.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

const testSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Settings of the server by their names, instead of ours: for whoever measures on a larger machine than a laptop. */
export type ServerSettings = Readonly<Record<string, string>>;

/** The arguments of the `postgres` program. */
export function serverArguments(
  dataDirectory: string,
  port: number,
  durability: Durability,
  serverSettings: ServerSettings,
): string[] {
  const all = {
    ...settings,
    ...(durability === 'test' ? testSettings : {}),
    ...serverSettings,
    [supervisorSetting]: process.pid,
  };
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataDirectory, '-p', String(port), ...options];
}
