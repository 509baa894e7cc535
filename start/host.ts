import { parseArgs } from 'node:util';
import { runProcess } from '@localplus/lifecycle';
import { createLogger } from '@localplus/logging';
import { type SubgraphName, subgraphNames } from './src/checkout/paths.ts';
import { withSecretFiles } from './src/installation/secret-files.ts';
import { subgraphEnvironment } from './src/supervisor/subgraph-environment.ts';

/** A subgraph that runs in this process. */
interface RunningSubgraph {
  stop(): Promise<void>;
}

async function startSubgraph(name: SubgraphName): Promise<RunningSubgraph> {
  const environment = subgraphEnvironment(name, withSecretFiles(process.env));
  switch (name) {
    case 'ledger':
      return (await import('@localplus/ledger')).startLedger(environment);
    case 'merchant':
      return (await import('@localplus/merchant')).startMerchant(environment);
    case 'wallet':
      return (await import('@localplus/wallet')).startWallet(environment);
  }
}

const { values } = parseArgs({ options: { subgraphs: { type: 'string', default: subgraphNames.join(',') } } });
const wanted = values.subgraphs.split(',');
const hosted = subgraphNames.filter((name) => wanted.includes(name));
const name = hosted.length === 1 ? hosted.join() : 'domain';

async function start(): Promise<RunningSubgraph> {
  const unknown = wanted.filter((it) => !hosted.some((known) => known === it));
  if (unknown.length > 0)
    throw new Error(`Unknown subgraphs: ${unknown.join(', ')}; known: ${subgraphNames.join(', ')}.`);
  const outcomes = await Promise.allSettled(hosted.map(startSubgraph));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => {
    await Promise.all(running.map((subgraph) => subgraph.stop()));
  };
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  return { stop };
}

await runProcess({ logger: createLogger(name), start });
