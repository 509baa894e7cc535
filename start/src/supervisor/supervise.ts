import { readEventBusAddress } from '@localplus/event-bus/open';
import { type DevelopmentIssuer, startDevelopmentIssuer } from '../development-issuer/server.ts';
import { issueDevelopmentToken } from '../development-issuer/tokens.ts';
import { describeDatabase, setUpDatabase } from '../installation/database.ts';
import { lockInstance } from '../installation/instance-lock.ts';
import { planPorts } from '../installation/ports.ts';
import { resetInstallation } from '../installation/reset.ts';
import { removeRunFile, writeRunFile } from '../installation/run-file.ts';
import { prepareSecrets, type Secrets } from '../installation/secrets.ts';
import { planTrial, readSettings, type Settings, type TrialPlan } from '../installation/settings.ts';
import { makeStateDirectory, type StateDirectory, stateDirectory } from '../installation/state-directory.ts';
import { type Credentials, issueCredentials, operatorSubject } from '../seed/credentials.ts';
import { seedDemo } from '../seed/seed-demo.ts';
import { banner } from './banner.ts';
import { claimInstallation } from './claim-installation.ts';
import type { StartOptions } from './options.ts';
import { Platform } from './platform.ts';
import {
  eventBusVariables,
  type Installation,
  planGateway,
  planKafka,
  planPostgres,
  planSubgraphs,
} from './process-plan.ts';
import type { Terminal } from './terminal.ts';

/** What a start is given. */
export interface Supervision {
  options: StartOptions;
  environment: NodeJS.ProcessEnv;
  terminal: Terminal;
  /** Aborts when everything is to stop, also in the middle of a start. */
  stop: AbortSignal;
}

/** Everything that was opened, closed in the reverse order. */
type Closers = (() => Promise<void> | void)[];

interface Ground {
  settings: Settings;
  trial: TrialPlan;
  state: StateDirectory;
}

/** Rejects when everything is to stop; whatever still runs then is ended by the stop itself. */
function stopRequested(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    if (stop.aborted) reject(stop.reason);
  });
}

/**
 * Starts the house, keeps it running until it is told to stop, and drains it.
 * @throws Error with one line when it cannot be started; what was started before has been stopped then
 */
export async function supervise(supervision: Supervision): Promise<void> {
  const { environment, options, terminal, stop } = supervision;
  const settings = readSettings(environment);
  const ground = { settings, trial: planTrial(settings), state: stateDirectory(settings.LOCALPLUS_STATE_DIRECTORY) };
  if (!options.kafka && environment.EVENT_BUS === 'kafka') readEventBusAddress(environment);
  const ports = planPorts(settings, { ...ground.trial, startsKafka: options.kafka });
  await claimInstallation(ground.state, ports);
  if (options.reset) await reset(ground, terminal);

  const closers: Closers = [];
  try {
    await Promise.race([start(supervision, ground, closers), stopRequested(stop)]);
    await stopRequested(stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    if (stop.aborted) terminal.line('Stopping …');
    for (const close of closers.reverse()) await close();
  }
  terminal.line('Stopped.');
}

async function reset({ settings, state }: Ground, terminal: Terminal): Promise<void> {
  if (settings.DATABASE_URL !== undefined) {
    throw new Error(
      '--reset removes the data of the embedded PostgreSQL only: unset DATABASE_URL, or empty it yourself.',
    );
  }
  const removed = await resetInstallation(state);
  terminal.line(removed.length > 0 ? `Removed: ${removed.join(', ')}` : 'There was nothing to remove.');
}

async function start(supervision: Supervision, ground: Ground, closers: Closers): Promise<void> {
  const { terminal, stop } = supervision;
  const { settings, trial, state } = ground;
  const startedAt = performance.now();
  makeStateDirectory(state);
  closers.push(lockInstance(state));
  removeRunFile(state);
  closers.push(() => removeRunFile(state));

  const secrets = await prepareSecrets(state);
  const graphql = `http://${settings.BIND_ADDRESS}:${settings.GATEWAY_PORT}/graphql`;
  const issuer = trial.usesDevelopmentIssuer ? await openIssuer(settings, secrets, graphql, closers) : undefined;
  const platform = new Platform(state, (line) => terminal.line(`  ${line}`));
  closers.push(() => platform.stop());
  const installation = await startProcesses(platform, { supervision, ground, secrets, issuer });

  const issue = (subject: string) => issueDevelopmentToken(secrets.developmentIssuerKey, subject);
  const demo = trial.seedsDemo
    ? await terminal.progress('demo: two merchants, fifty people, three months', (report) =>
        seedDemo({ graphql, issue, state, report, stop }),
      )
    : undefined;
  const credentials: Credentials | undefined = issuer && (await issueCredentials(issue, demo));
  issuer?.offer(credentials?.ready ?? []);
  const publish = () =>
    writeRunFile(state, {
      gateway: { http: graphql, websocket: graphql.replace('http', 'ws') },
      tokens: credentials?.tokens ?? { partner: {}, owner: {}, manager: {}, cashier: {} },
      demo: credentials?.demo ?? { merchants: [] },
      processes: platform.processes,
      eventBus: eventBusVariables(installation),
    });
  platform.onChange = () => {
    try {
      publish();
    } catch (error) {
      // What runs goes on: the file is for scripts.
      terminal.line(`  ${state.runFile} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  publish();
  const readyAfterMs = performance.now() - startedAt;
  const tokens = credentials?.ready ?? [];
  terminal.line(banner({ graphql, issuerAddress: issuer?.address, tokens, state, readyAfterMs }));
}

async function openIssuer(settings: Settings, secrets: Secrets, graphql: string, closers: Closers) {
  const issuer = await startDevelopmentIssuer({
    port: settings.DEVELOPMENT_ISSUER_PORT,
    key: secrets.developmentIssuerKey,
    graphiqlAddress: graphql,
  });
  closers.push(() => issuer.stop());
  return issuer;
}

interface Parts {
  supervision: Supervision;
  ground: Ground;
  secrets: Secrets;
  issuer: DevelopmentIssuer | undefined;
}

async function startProcesses(
  platform: Platform,
  { supervision, ground, secrets, issuer }: Parts,
): Promise<Installation> {
  const { options, environment, terminal } = supervision;
  const { settings, state } = ground;
  const database = describeDatabase(settings, secrets);
  const installation: Installation = {
    settings,
    secrets,
    state,
    inherited: environment,
    startsKafka: options.kafka,
    developmentIssuer: issuer && { ...issuer, operatorSubject },
    databaseUrl: database.url,
  };
  if (settings.DATABASE_URL === undefined) {
    await terminal.step('PostgreSQL', () => platform.start('postgres', [planPostgres(installation)]));
  }
  if (options.kafka) await terminal.step('Kafka', () => platform.start('kafka', [planKafka(installation)]));
  await terminal.step('schemas, roles and migrations', () => setUpDatabase(database, secrets));
  const subgraphs = planSubgraphs(installation, options);
  await terminal.step([...subgraphs.map(({ name }) => name), 'gateway'].join(', '), async () => {
    await Promise.all([platform.start('subgraphs', subgraphs), platform.start('gateway', [planGateway(installation)])]);
  });
  return installation;
}
