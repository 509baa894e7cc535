import { portVariable, readConfiguration } from '@localplus/configuration';
import { eventBusVariables } from '@localplus/event-bus/open';
import { z } from 'zod';

const address = () => z.string().regex(/^[^:\s]+:\d+$/, 'must be host:port, for instance 127.0.0.1:4201');

const ownVariables = z.object({
  /** As the login role `wallet`. */
  DATABASE_URL: z.string(),
  BIND_ADDRESS: z.string().default('127.0.0.1'),
  HTTP_PORT: portVariable().default(4102),
  GRPC_PORT: portVariable().default(4202),
  /** This process's private key. */
  INTERNAL_KEY_FILE: z.string(),
  /** Everybody's public keys. */
  INTERNAL_KEYS_FILE: z.string(),
  LEDGER_GRPC: address().default('127.0.0.1:4201'),
  MERCHANT_GRPC: address().default('127.0.0.1:4203'),
});
const schema = ownVariables.and(eventBusVariables);

/** What the wallet's process is told from outside. */
export type WalletConfiguration = z.output<typeof schema>;

/** @throws ConfigurationError, which names every variable at fault */
export function readWalletConfiguration(environment: NodeJS.ProcessEnv): WalletConfiguration {
  return readConfiguration(schema, environment);
}
