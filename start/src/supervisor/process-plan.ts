import { join } from 'node:path';
import { checkoutFolder, type SubgraphName, subgraphNames } from '../checkout/paths.ts';
import { loopback } from '../installation/ports.ts';
import type { DatabaseAccount, Secrets } from '../installation/secrets.ts';
import type { Settings } from '../installation/settings.ts';
import type { StateDirectory } from '../installation/state-directory.ts';

/** What a process needs to be started. */
export interface PlannedProcess {
  name: string;
  script: string;
  parameters: string[];
  environment: Record<string, string | undefined>;
}

/** What all processes of an installation are derived from. */
export interface Installation {
  settings: Settings;
  secrets: Secrets;
  state: StateDirectory;
  /** What this process was given; the administrator's way into the database stays out of the children. */
  inherited: NodeJS.ProcessEnv;
  /** Whether a Kafka of its own is started and used. */
  startsKafka: boolean;
  /** The development issuer, and whose login at it runs the platform; undefined where another one is configured. */
  developmentIssuer?: { issuer: string; audience: string; jwksUrl: string; operatorSubject: string };
  /** The database as one of its logins. */
  databaseUrl(account: DatabaseAccount): string;
}

type Prefix = Uppercase<SubgraphName>;

const prefixOf = (name: SubgraphName) => name.toUpperCase() as Prefix;

/** Which event bus the processes use, and how they get in: our own Kafka, the one that the environment names, or PostgreSQL. */
export function eventBusVariables({
  databaseUrl,
  settings,
  startsKafka,
  inherited,
}: Installation): Record<string, string> {
  if (startsKafka) {
    const brokers = `${loopback}:${settings.KAFKA_PORT}`;
    return { EVENT_BUS: 'kafka', KAFKA_BROKERS: brokers };
  }
  if (inherited.EVENT_BUS !== 'kafka') return { EVENT_BUS: 'postgres', EVENT_BUS_DATABASE_URL: databaseUrl('bus') };
  const named = Object.entries(inherited).filter(([name]) => name.startsWith('KAFKA_') || name.startsWith('EVENT_BUS'));
  return Object.fromEntries(named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function commonEnvironment(installation: Installation) {
  const { settings, secrets, inherited } = installation;
  const { DATABASE_URL: _, ...passedOn } = inherited;
  const grpc = (name: SubgraphName) => `${loopback}:${settings[`${prefixOf(name)}_GRPC_PORT`]}`;
  return {
    ...passedOn,
    BIND_ADDRESS: loopback,
    ...eventBusVariables(installation),
    INTERNAL_KEYS_FILE: secrets.publicKeysFile,
    ...Object.fromEntries(subgraphNames.map((name) => [`${prefixOf(name)}_GRPC`, grpc(name)])),
  };
}

/** Who runs the platform: the login of the development issuer, or those that the environment names. */
function operatorsEnvironment({ developmentIssuer }: Installation) {
  if (!developmentIssuer) return {};
  const { issuer, operatorSubject: subject } = developmentIssuer;
  return { MERCHANT_PLATFORM_OPERATORS: JSON.stringify([{ issuer, subject }]) };
}

function hostProcess(name: string, hosted: readonly SubgraphName[], installation: Installation): PlannedProcess {
  const { settings, secrets, databaseUrl } = installation;
  const own = hosted.flatMap((subgraph) => {
    const prefix = prefixOf(subgraph);
    return [
      [`${prefix}_DATABASE_URL`, databaseUrl(subgraph)],
      [`${prefix}_HTTP_PORT`, String(settings[`${prefix}_HTTP_PORT`])],
      [`${prefix}_GRPC_PORT`, String(settings[`${prefix}_GRPC_PORT`])],
      [`${prefix}_INTERNAL_KEY_FILE`, secrets.privateKeyFile(subgraph)],
    ];
  });
  return {
    name,
    script: 'start/host.ts',
    parameters: ['--subgraphs', hosted.join(',')],
    environment: {
      ...commonEnvironment(installation),
      ...operatorsEnvironment(installation),
      ...Object.fromEntries(own),
    },
  };
}

/** The processes that host the subgraphs: one for all, or one each. */
export function planSubgraphs(installation: Installation, { separate }: { separate: boolean }): PlannedProcess[] {
  if (!separate) return [hostProcess('domain', subgraphNames, installation)];
  return subgraphNames.map((name) => hostProcess(name, [name], installation));
}

/** The gateway's process. */
export function planGateway(installation: Installation): PlannedProcess {
  const { settings, secrets, state, developmentIssuer } = installation;
  const address = (name: SubgraphName) => `http://${loopback}:${settings[`${prefixOf(name)}_HTTP_PORT`]}/graphql`;
  const identity = developmentIssuer && {
    OIDC_ISSUER: developmentIssuer.issuer,
    OIDC_AUDIENCE: developmentIssuer.audience,
    OIDC_JWKS_URL: developmentIssuer.jwksUrl,
    DEVELOPMENT: 'true',
    DEVELOPMENT_TOKENS_FILE: state.runFile,
  };
  return {
    name: 'gateway',
    script: 'start/gateway.ts',
    parameters: [],
    environment: {
      ...commonEnvironment(installation),
      BIND_ADDRESS: settings.BIND_ADDRESS,
      GATEWAY_PORT: String(settings.GATEWAY_PORT),
      SUPERGRAPH_FILE: join(checkoutFolder, 'schema/graphql/supergraph.graphql'),
      SUBGRAPH_URLS: subgraphNames.map((name) => `${name}=${address(name)}`).join(','),
      INTERNAL_KEY_FILE: secrets.privateKeyFile('gateway'),
      ...identity,
    },
  };
}

/** The process that stands for the Kafka of this machine's own. */
export function planKafka({ settings, state, inherited }: Installation): PlannedProcess {
  return {
    name: 'kafka',
    script: 'start/kafka.ts',
    parameters: [],
    environment: {
      ...inherited,
      LOCALPLUS_STATE_DIRECTORY: state.path,
      KAFKA_PORT: String(settings.KAFKA_PORT),
      KAFKA_CONTROLLER_PORT: String(settings.KAFKA_CONTROLLER_PORT),
    },
  };
}

/** The process that stands for the embedded PostgreSQL. */
export function planPostgres({ settings, secrets, state, inherited }: Installation): PlannedProcess {
  return {
    name: 'postgres',
    script: 'start/postgres.ts',
    parameters: [],
    environment: {
      ...inherited,
      POSTGRES_DATA_DIRECTORY: state.postgresFolder,
      POSTGRES_PORT: String(settings.POSTGRES_PORT),
      POSTGRES_PASSWORD: secrets.passwords.administrator,
    },
  };
}
