import { portVariable, readConfiguration } from '@localplus/configuration';
import { eventBusVariables } from '@localplus/event-bus/open';
import { z } from 'zod';

const address = () => z.string().regex(/^[^:\s]+:\d+$/, 'must be host:port, for instance 127.0.0.1:4202');

const ownVariables = z.object({
  /** As the login role `ledger`. */
  DATABASE_URL: z.string(),
  BIND_ADDRESS: z.string().default('127.0.0.1'),
  HTTP_PORT: portVariable().default(4101),
  GRPC_PORT: portVariable().default(4201),
  /** This process's private key. */
  INTERNAL_KEY_FILE: z.string(),
  /** Everybody's public keys. */
  INTERNAL_KEYS_FILE: z.string(),
  WALLET_GRPC: address().default('127.0.0.1:4202'),
  MERCHANT_GRPC: address().default('127.0.0.1:4203'),
});
const schema = ownVariables.and(eventBusVariables);

/** What the ledger's process is told from outside. */
export type LedgerConfiguration = z.output<typeof schema>;

/** @throws ConfigurationError, which names every variable at fault */
export function readLedgerConfiguration(environment: NodeJS.ProcessEnv): LedgerConfiguration {
  return readConfiguration(schema, environment);
}
