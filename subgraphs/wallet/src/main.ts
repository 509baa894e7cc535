import { observeEventBus } from '@localplus/event-bus/metrics';
import { openEventBus, watchConsumers } from '@localplus/event-bus/open';
import { createIdentitySigner, createIdentityVerifier, readPrivateKey, readPublicKeys } from '@localplus/identity';
import { HealthState, openTogether, type Resources } from '@localplus/lifecycle';
import { createLogger, type Logger } from '@localplus/logging';
import { createMetrics } from '@localplus/metrics';
import { createPool } from '@localplus/postgres';
import { startRpcServer } from '@localplus/rpc';
import { startSubgraphServer } from '@localplus/subgraph-server';
import { EnrollmentFinisher } from './commands/enrollment-finisher.ts';
import { listAndApplyChanges } from './commands/list-and-apply-changes.ts';
import { rebuildBalances } from './commands/rebuild-balances.ts';
import { readWalletConfiguration, type WalletConfiguration } from './config.ts';
import { BalanceHub } from './domain/balance-hub.ts';
import { startBalanceFeed } from './events/balance-feed.ts';
import { createContext, type WalletServices } from './graphql/context.ts';
import { schema } from './graphql/schema.ts';
import { createLedgerClient } from './grpc/ledger-client.ts';
import { createMerchantClient } from './grpc/merchant-client.ts';
import { walletService } from './grpc/wallet-service.ts';
import { BalanceStore } from './store/balance-store.ts';
import { createPrisma } from './store/prisma.ts';

export type { Difference, RebuildReport } from './commands/rebuild-balances.ts';

/** One for each partition of the feed, as many again for requests. */
const connectionsMax = 16;

/** A running wallet subgraph. */
export interface RunningWallet {
  /** Compares every stored balance with the ledger's, and with `repair` puts the ledger's in place of what differs. */
  rebuildBalances(mode: 'check' | 'repair'): ReturnType<typeof rebuildBalances>;
  /** The port of GraphQL and the probes. */
  httpPort: number;
  grpcPort: number;
  /** Drains: refuses what is new, ends sockets, finishes what is in flight, closes. */
  stop(): Promise<void>;
}

/**
 * Starts the wallet subgraph. What it has opened is closed again when the start fails.
 * @throws ConfigurationError; or when the database cannot be reached, or a port or key cannot be used
 */
export async function startWallet(environment: NodeJS.ProcessEnv): Promise<RunningWallet> {
  const configuration = readWalletConfiguration(environment);
  const logger = createLogger('wallet');
  return openTogether(logger, (resources) => openWallet(configuration, resources, logger));
}

async function openWallet(
  configuration: WalletConfiguration,
  resources: Resources,
  logger: Logger,
): Promise<RunningWallet> {
  const signer = await createIdentitySigner(await readPrivateKey(configuration.INTERNAL_KEY_FILE));
  const verifier = createIdentityVerifier(await readPublicKeys(configuration.INTERNAL_KEYS_FILE));

  const pool = createPool({ connectionString: configuration.DATABASE_URL, name: 'wallet', max: connectionsMax });
  resources.use('database', pool, () => pool.end());
  const prisma = resources.use('prisma', createPrisma(pool), (client) => client.$disconnect());
  const ledger = createLedgerClient({ address: configuration.LEDGER_GRPC, signer });
  resources.use('ledger client', ledger, () => ledger.close());
  const merchant = createMerchantClient({ address: configuration.MERCHANT_GRPC, signer });
  resources.use('merchant client', merchant, () => merchant.close());
  const hub = resources.use('hub', new BalanceHub(), (it) => it.close());

  const metrics = createMetrics(logger);
  const health = new HealthState();
  const opened = await openEventBus(configuration.eventBus, {
    name: 'wallet',
    logger,
    watchdog: watchConsumers({ logger, health }),
  });
  const bus = observeEventBus(opened, metrics);
  resources.use('event bus', bus, () => bus.close());
  const store = new BalanceStore(pool);
  const feed = await startBalanceFeed({ bus, pool, store, hub, logger });
  resources.use('balance feed', feed, () => feed.close());
  const finisher = new EnrollmentFinisher({ pool, openHolder: ledger.openHolder }, logger);
  resources.use('enrollment finisher', finisher, () => finisher.stop());

  const services: WalletServices = {
    pool,
    prisma,
    hub,
    openHolder: ledger.openHolder,
    listChanges: listAndApplyChanges(store, ledger.listChanges),
    readProgram: merchant.readProgram,
    onUnfilledGap: (error) => logger.warn({ err: error }, 'a gap in a stream could not be filled from the ledger'),
  };
  const { BIND_ADDRESS: bindAddress, GRPC_PORT, HTTP_PORT } = configuration;
  const rpc = await startRpcServer({
    address: bindAddress,
    port: GRPC_PORT,
    services: [walletService({ pool, store, verifier, logger })],
  });
  resources.use('gRPC server', rpc, () => rpc.stop());
  const http = await startSubgraphServer({
    name: 'wallet',
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
  logger.info({ httpPort: http.port, grpcPort: rpc.port }, 'the wallet is ready');
  return {
    rebuildBalances: (mode) => rebuildBalances({ pool, listChanges: ledger.listChanges }, mode),
    httpPort: http.port,
    grpcPort: rpc.port,
    stop: () => resources.stopAll(),
  };
}
