import type { Logger } from '@localplus/logging';
import type { DeadLetterOffice } from '../dead-letters/dead-letter-office.ts';
import { openKafkaDeadLetterOffice } from '../kafka/index.ts';
import { openPostgresDeadLetterOffice } from '../postgres/index.ts';
import { readEventBusAddress } from './event-bus-variables.ts';

/**
 * Opens what operators use, on the bus that the environment names: with its own credentials, which is who may.
 * @throws ConfigurationError that names every variable at fault
 */
export async function openDeadLetterOffice(environment: NodeJS.ProcessEnv, logger: Logger): Promise<DeadLetterOffice> {
  const address = readEventBusAddress(environment);
  if (address.kind === 'postgres') return openPostgresDeadLetterOffice(address.connectionString);
  return openKafkaDeadLetterOffice({ ...address.connection, clientId: 'localplus-operator' }, logger);
}
