import { observeEventBus } from '@localplus/event-bus/metrics';
import { openEventBus, watchConsumers } from '@localplus/event-bus/open';
import { newUuid } from '@localplus/identifiers';
import { createIdentitySigner, createIdentityVerifier, readPrivateKey, readPublicKeys } from '@localplus/identity';
import { HealthState, openTogether, type Resources } from '@localplus/lifecycle';
import { createLogger, type Logger } from '@localplus/logging';
import { createMetrics, type Metrics } from '@localplus/metrics';
import { createOutboxPublisher, observeOutbox } from '@localplus/outbox';
import { createPool } from '@localplus/postgres';
import { startRpcServer } from '@localplus/rpc';
import { startSubgraphServer } from '@localplus/subgraph-server';
import { type LedgerConfiguration, readLedgerConfiguration } from './config.ts';
import { followMerchantNews } from './events/merchant-news.ts';
import { createContext, type LedgerServices } from './graphql/context.ts';
import { schema } from './graphql/schema.ts';
import { ledgerService } from './grpc/ledger-service.ts';
import { createMerchantClient } from './grpc/merchant-client.ts';
import { createWalletClient } from './grpc/wallet-client.ts';
import { WalletHop } from './grpc/wallet-hop.ts';
import { createProgramFinder } from './queries/find-program.ts';
import { DryRunner, dryRunSlots } from './store/dry-runner.ts';
import { createHolderDirectory } from './store/holder-directory.ts';
import { createJournalDirectory } from './store/journal-directory.ts';
import { PostingWriter, writerSlots } from './store/posting-writer.ts';
import { createPrisma } from './store/prisma.ts';
import { observeScheduledWork } from './store/scheduled-work/observe-scheduled-work.ts';
import { startScheduledWork } from './store/scheduled-work/scheduled-work.ts';
import { loadTemplates } from './store/template-rows.ts';

/** Reads, the outbox's publisher and the projections; more connections only wait for the same two cores. */
const readConnectionsMax = 12;

/** A running ledger subgraph. */
export interface RunningLedger {
  /** The port of GraphQL and the probes. */
  httpPort: number;
  grpcPort: number;
  /** Drains: refuses what is new, finishes what is in flight, closes. */
  stop(): Promise<void>;
}

/**
 * Starts the ledger subgraph. What it has opened is closed again when the start fails.
 * @throws ConfigurationError; or when the database cannot be reached, or a port or key cannot be used
 */
export async function startLedger(environment: NodeJS.ProcessEnv): Promise<RunningLedger> {
  const configuration = readLedgerConfiguration(environment);
  const logger = createLogger('ledger');
  return openTogether(logger, (resources) => openLedger(configuration, resources, logger));
}

async function openLedger(
  configuration: LedgerConfiguration,
  resources: Resources,
  logger: Logger,
): Promise<RunningLedger> {
  const signer = await createIdentitySigner(await readPrivateKey(configuration.INTERNAL_KEY_FILE));
  const verifier = createIdentityVerifier(await readPublicKeys(configuration.INTERNAL_KEYS_FILE));
  const { DATABASE_URL: connectionString, WALLET_GRPC, MERCHANT_GRPC } = configuration;

  const pool = createPool({ connectionString, name: 'ledger', max: readConnectionsMax });
  resources.use('database', pool, () => pool.end());
  const prisma = resources.use('prisma', createPrisma(pool), (client) => client.$disconnect());
  // Connections of its own: no read ever makes a posting wait.
  const writerPool = createPool({ connectionString, name: 'ledger writer', max: writerSlots, isPipelined: true });
  resources.use('writer database', writerPool, () => writerPool.end());

  // Likewise: whoever tries something out waits for others who do, never a posting for them.
  const dryRunPool = createPool({ connectionString, name: 'ledger dry run', max: dryRunSlots, isPipelined: true });
  resources.use('dry run database', dryRunPool, () => dryRunPool.end());

  const merchant = createMerchantClient({ address: MERCHANT_GRPC, signer });
  resources.use('merchant client', merchant, (client) => client.close());
  const wallet = createWalletClient({ address: WALLET_GRPC, signer });
  resources.use('wallet client', wallet, (client) => client.close());
  const hop = new WalletHop({ wallet, logger });

  const metrics = createMetrics(logger);
  const health = new HealthState();
  const opened = await openEventBus(configuration.eventBus, {
    name: 'ledger',
    logger,
    watchdog: watchConsumers({ logger, health }),
  });
  const bus = observeEventBus(opened, metrics);
  resources.use('event bus', bus, () => bus.close());
  await followMerchantNews({ bus, pool });
  const outbox = createOutboxPublisher({ pool, schema: 'ledger', bus, logger });
  resources.use('outbox', outbox, () => outbox.close());
  observeOutbox(outbox, metrics);

  const findHolder = createHolderDirectory(pool);
  const tellWallet = hop.tell.bind(hop);
  const batch = { pool: writerPool, templates: await loadTemplates(pool), newId: newUuid };
  const writer = new PostingWriter({ batch, wakeOutbox: () => outbox.wake(), tellWallet });
  resources.use('writer', writer, () => writer.stop());
  const work = await startScheduledWork({ connectionString, sql: pool, findHolder, writer, newId: newUuid, logger });
  resources.use('scheduled work', work, () => work.stop());
  observeScheduledWork(pool, metrics);
  const services: LedgerServices = {
    prisma,
    pool,
    logger,
    templates: batch.templates,
    commands: {
      findHolder,
      journal: createJournalDirectory(pool, findHolder),
      findProgram: createProgramFinder({ pool, readNews: merchant.readProgramNews }),
      writer,
      dryRunner: new DryRunner({ ...batch, pool: dryRunPool }),
      tellWallet,
      now: () => new Date(),
    },
  };
  return serve(configuration, resources, logger, {
    services,
    verifier,
    rpcService: ledgerService({ pool, verifier, logger }),
    metrics,
    health,
  });
}

interface Served {
  services: LedgerServices;
  verifier: ReturnType<typeof createIdentityVerifier>;
  rpcService: ReturnType<typeof ledgerService>;
  metrics: Metrics;
  health: HealthState;
}

async function serve(
  { BIND_ADDRESS: bindAddress, GRPC_PORT, HTTP_PORT }: LedgerConfiguration,
  resources: Resources,
  logger: Logger,
  { services, verifier, rpcService, metrics, health }: Served,
): Promise<RunningLedger> {
  const rpc = await startRpcServer({ address: bindAddress, port: GRPC_PORT, services: [rpcService] });
  resources.use('gRPC server', rpc, () => rpc.stop());
  const http = await startSubgraphServer({
    name: 'ledger',
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
  logger.info({ httpPort: http.port, grpcPort: rpc.port }, 'the ledger is ready');
  return { httpPort: http.port, grpcPort: rpc.port, stop: () => resources.stopAll() };
}
