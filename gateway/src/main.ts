import { readFile } from 'node:fs/promises';
import { openEventBus } from '@localplus/event-bus/open';
import { type Caller, createIdentitySigner, readPrivateKey } from '@localplus/identity';
import { HealthState, openTogether, type Resources } from '@localplus/lifecycle';
import { createLogger, type Logger } from '@localplus/logging';
import { followAccessChanges } from './authentication/access-events.ts';
import { createAuthenticator } from './authentication/authenticator.ts';
import { createCallerDirectory } from './authentication/caller-directory.ts';
import { CallerResolver } from './authentication/caller-resolver.ts';
import { createTokenVerifier } from './authentication/token-verifier.ts';
import { type GatewayConfiguration, readGatewayConfiguration } from './config.ts';
import { ClientErrors } from './errors/client-errors.ts';
import { Generations } from './execution/generations.ts';
import { Operations } from './execution/operations.ts';
import { createGraphiqlPage } from './graphiql/page.ts';
import { createGraphqlHandler } from './http/graphql-handler.ts';
import { startHttpServer } from './http/http-server.ts';
import { SubgraphSources } from './supergraph/subgraph-sources.ts';
import { watchSupergraphFile } from './supergraph/supergraph-file.ts';
import { createProtocol } from './web-socket/protocol.ts';
import { SocketCounts } from './web-socket/socket-counts.ts';
import { SocketServer } from './web-socket/socket-server.ts';

/** A running gateway. */
export interface RunningGateway {
  /** The port it listens on. */
  readonly port: number;
  /** Drains: refuses what is new, finishes what is in flight, closes everything. */
  stop(): Promise<void>;
}

/** Loads the supergraph and follows the file that holds it. */
async function openSupergraph(
  configuration: GatewayConfiguration,
  resources: Resources,
  errors: ClientErrors,
  logger: Logger,
) {
  const file = configuration.SUPERGRAPH_FILE;
  const sources = resources.use('subgraphs', new SubgraphSources(configuration.SUBGRAPH_URLS, logger), (opened) =>
    opened.close(),
  );
  const generations = resources.use('subscriptions', new Generations({ sources, errors, logger }), (opened) =>
    opened.close(),
  );
  await generations.load(await readFile(file, 'utf8'));
  const reload = async (text: Promise<string>) => generations.load(await text);
  const unwatch = watchSupergraphFile(file, (text) => {
    reload(text).catch((error: unknown) => {
      logger.error({ err: error }, 'the changed supergraph cannot be served; the gateway goes on with the one it has');
    });
  });
  resources.use('supergraph file', unwatch, (stop) => stop());
  return generations;
}

/** Sets up who may call. */
async function openAuthentication(configuration: GatewayConfiguration, resources: Resources, logger: Logger) {
  const {
    OIDC_ISSUER: issuer,
    OIDC_AUDIENCE: audience,
    OIDC_JWKS_URL: jwksUrl,
    MERCHANT_GRPC,
    WALLET_GRPC,
  } = configuration;
  const signer = await createIdentitySigner(await readPrivateKey(configuration.INTERNAL_KEY_FILE));
  const addresses = { merchant: MERCHANT_GRPC, wallet: WALLET_GRPC };
  const directory = resources.use('directory', createCallerDirectory(addresses, signer), (opened) => opened.close());
  const callers = new CallerResolver({ directory, signer, logger });
  const authenticator = createAuthenticator(createTokenVerifier({ issuer, audience, jwksUrl, logger }));
  return { callers, authenticator };
}

/** Follows changes of rights, where there is a bus to follow. */
async function followRights(
  { eventBus }: GatewayConfiguration,
  resources: Resources,
  { callers, generations, logger }: { callers: CallerResolver; generations: Generations; logger: Logger },
) {
  if (eventBus === undefined) return;
  const bus = await openEventBus(eventBus, { name: 'gateway', logger });
  resources.use('event bus', bus, (opened) => opened.close());
  const endSubscriptions = (matches: (caller: Caller) => boolean) => generations.current.subscriptions.endOf(matches);
  await followAccessChanges({ bus, callers, endSubscriptions });
}

/**
 * Starts the gateway.
 * @throws ConfigurationError, PortTaken, and Error when the supergraph cannot be served
 */
export async function startGateway(
  environment: NodeJS.ProcessEnv,
  logger = createLogger('gateway'),
): Promise<RunningGateway> {
  const configuration = readGatewayConfiguration(environment);
  const health = new HealthState();
  const errors = new ClientErrors(logger);
  return openTogether(logger, async (resources) => {
    const generations = await openSupergraph(configuration, resources, errors, logger);
    const { callers, authenticator } = await openAuthentication(configuration, resources, logger);
    await followRights(configuration, resources, { callers, generations, logger });
    const operations = new Operations({ generations, callers, errors, isIntrospectionOpen: configuration.DEVELOPMENT });
    const protocol = createProtocol({ operations, authenticator, errors, identities: new SocketCounts() });
    const http = await startHttpServer({
      bindAddress: configuration.BIND_ADDRESS,
      port: configuration.GATEWAY_PORT,
      graphql: createGraphqlHandler({ operations, authenticator, errors, corsOrigins: configuration.CORS_ORIGINS }),
      sockets: new SocketServer({ protocol, logger }),
      health,
      logger,
      graphiqlPage: configuration.DEVELOPMENT ? createGraphiqlPage(configuration.DEVELOPMENT_TOKENS_FILE) : undefined,
    });
    resources.use('front door', http, (opened) => opened.stop());
    health.started();
    logger.info({ port: http.port }, 'the gateway is ready');
    return { port: http.port, stop: () => resources.stopAll() };
  });
}
