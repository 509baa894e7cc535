import { randomBytes } from 'node:crypto';
import { observeEventBus } from '@localplus/event-bus/metrics';
import { openEventBus, watchConsumers } from '@localplus/event-bus/open';
import { createIdentityVerifier, readPublicKeys } from '@localplus/identity';
import { HealthState, openTogether, type Resources } from '@localplus/lifecycle';
import { createLogger, type Logger } from '@localplus/logging';
import { createMetrics } from '@localplus/metrics';
import { createOutboxPublisher, observeOutbox } from '@localplus/outbox';
import { createPool } from '@localplus/postgres';
import { startRpcServer } from '@localplus/rpc';
import { startSubgraphServer } from '@localplus/subgraph-server';
import { type MerchantConfiguration, readMerchantConfiguration } from './config.ts';
import { createContext, type MerchantServices } from './graphql/context.ts';
import { schema } from './graphql/schema.ts';
import { merchantService } from './grpc/merchant-service.ts';
import { addPlatformOperators } from './store/logins.ts';
import { createPrisma } from './store/prisma.ts';

/** One for the outbox's publisher; few requests are in flight at once, since callers and programs are cached elsewhere. */
const connectionsMax = 12;

/** A running merchant subgraph. */
export interface RunningMerchant {
  /** The port of GraphQL and the probes. */
  httpPort: number;
  grpcPort: number;
  /** Drains: refuses what is new, finishes what is in flight, closes. */
  stop(): Promise<void>;
}

/**
 * Starts the merchant subgraph. What it has opened is closed again when the start fails.
 * @throws ConfigurationError; or when the database cannot be reached, or a port or key cannot be used
 */
export async function startMerchant(environment: NodeJS.ProcessEnv): Promise<RunningMerchant> {
  const configuration = readMerchantConfiguration(environment);
  const logger = createLogger('merchant');
  return openTogether(logger, (resources) => openMerchant(configuration, resources, logger));
}

async function openMerchant(
  configuration: MerchantConfiguration,
  resources: Resources,
  logger: Logger,
): Promise<RunningMerchant> {
  const verifier = createIdentityVerifier(await readPublicKeys(configuration.INTERNAL_KEYS_FILE));
  const database = createPool({ connectionString: configuration.DATABASE_URL, name: 'merchant', max: connectionsMax });
  resources.use('database', database, () => database.end());
  await addPlatformOperators(database, configuration.PLATFORM_OPERATORS);
  const prisma = resources.use('prisma', createPrisma(database), (client) => client.$disconnect());

  const metrics = createMetrics(logger);
  const health = new HealthState();
  const opened = await openEventBus(configuration.eventBus, {
    name: 'merchant',
    logger,
    watchdog: watchConsumers({ logger, health }),
  });
  const bus = observeEventBus(opened, metrics);
  resources.use('event bus', bus, () => bus.close());
  const outbox = createOutboxPublisher({ pool: database, schema: 'merchant', bus, logger });
  resources.use('outbox', outbox, () => outbox.close());
  observeOutbox(outbox, metrics);

  const services: MerchantServices = {
    database,
    prisma,
    clock: () => new Date(),
    randomBytes,
    wakeOutbox: () => outbox.wake(),
  };
  const { BIND_ADDRESS: bindAddress, GRPC_PORT, HTTP_PORT } = configuration;
  const rpc = await startRpcServer({
    address: bindAddress,
    port: GRPC_PORT,
    services: [merchantService({ database, verifier, logger })],
  });
  resources.use('gRPC server', rpc, () => rpc.stop());
  const http = await startSubgraphServer({
    name: 'merchant',
    schema,
    bindAddress,
    port: HTTP_PORT,
    verifier,
    createContext: (caller) => createContext(services, caller),
    health,
    metrics,
    logger,
  });
  resources.use('HTTP server', http, () => http.stop());

  health.started();
  logger.info({ httpPort: http.port, grpcPort: rpc.port }, 'the merchant is ready');
  return { httpPort: http.port, grpcPort: rpc.port, stop: () => resources.stopAll() };
}
