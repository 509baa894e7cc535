import { readConfiguration } from '@localplus/configuration';
import { z } from 'zod';
import type { EventBusAddress } from './event-bus-address.ts';
import { readKafkaAccess } from './kafka-access.ts';
import { type Complain, type Variables, variables } from './variables.ts';

/**
 * The configuration of who needs an event bus, to be joined with the process's own: `schema.and(eventBusVariables)`. Without
 * `EVENT_BUS` it is the one in PostgreSQL. Whatever is missing, contradicts another variable or names a file that cannot be
 * read is a problem of its own: nothing falls back.
 */
export const eventBusVariables = variables.transform((read, context) => {
  return { eventBus: addressOf(read, complainTo(context)) ?? z.NEVER };
});

/** The same for who can do without a bus: `eventBus` is undefined where `EVENT_BUS` is not set. */
export const optionalEventBusVariables = variables.transform((read, context): { eventBus?: EventBusAddress } => {
  if (read.EVENT_BUS === undefined && read.KAFKA_BROKERS === undefined) return {};
  return { eventBus: addressOf(read, complainTo(context)) ?? z.NEVER };
});

/**
 * Reads the variables `EVENT_BUS…` and `KAFKA_…` alone, and the files that they name.
 * @throws ConfigurationError that names every variable at fault
 */
export function readEventBusAddress(environment: NodeJS.ProcessEnv): EventBusAddress {
  return readConfiguration(eventBusVariables, environment).eventBus;
}

function complainTo(context: z.RefinementCtx): Complain {
  return (variable, message) => context.addIssue({ code: 'custom', path: [variable], message });
}

/** Undefined after a complaint. */
function addressOf(read: Variables, complain: Complain): EventBusAddress | undefined {
  const { EVENT_BUS: kind = 'postgres', EVENT_BUS_VALIDATE_ON_PUBLISH: validateOnPublish } = read;
  if (kind === 'kafka') return kafkaAddress(read, complain);
  if (read.EVENT_BUS === undefined && read.KAFKA_BROKERS !== undefined)
    return void complain('EVENT_BUS', 'must be kafka, or KAFKA_BROKERS not set');
  const connectionString = read.EVENT_BUS_DATABASE_URL;
  if (connectionString === undefined)
    return void complain('EVENT_BUS_DATABASE_URL', 'is needed with EVENT_BUS=postgres');
  return { kind, connectionString, validateOnPublish };
}

function kafkaAddress(read: Variables, complain: Complain): EventBusAddress | undefined {
  let isUsable = true;
  const access = readKafkaAccess(read, (variable, message) => {
    isUsable = false;
    complain(variable, message);
  });
  if (read.KAFKA_BROKERS === undefined) return void complain('KAFKA_BROKERS', 'is needed with EVENT_BUS=kafka');
  if (!isUsable) return undefined;
  return {
    kind: 'kafka',
    connection: { brokers: read.KAFKA_BROKERS.split(','), ...access },
    topicPolicy: read.KAFKA_TOPICS,
    replicationFactor: read.KAFKA_REPLICATION_FACTOR,
    validateOnPublish: read.EVENT_BUS_VALIDATE_ON_PUBLISH,
  };
}
