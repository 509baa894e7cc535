import type { Caller } from '@localplus/identity';
import { identityHeader } from '@localplus/identity';
import { HealthState } from '@localplus/lifecycle';
import { createLogger } from '@localplus/logging';
import { startSubgraphServer } from '@localplus/subgraph-server';
import { BalanceHub } from '../src/domain/balance-hub.ts';
import { createContext, type WalletServices } from '../src/graphql/context.ts';
import { schema } from '../src/graphql/schema.ts';

import { createPrisma } from '../src/store/prisma.ts';
import { type CommandHouse, openCommandHouse } from './command-house.ts';

/** What a GraphQL answer holds. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what its own query asked for
  data: any;
  errors?: { message: string; extensions: { code: string } }[];
}

/** The wallet's HTTP side over everything it stands on; its feed is what the test publishes to the hub. */
export interface SubgraphHouse extends CommandHouse {
  hub: BalanceHub;
  url: string;
  /** Lines that were logged. */
  logged: string[];
  identityOf(caller: Caller): Promise<string>;
  ask(caller: Caller, query: string, variables?: Record<string, unknown>): Promise<Answer>;
}

/** Serves the wallet's part of the graph on a free port. */
export async function openSubgraphHouse(connectionString: string): Promise<SubgraphHouse> {
  const house = await openCommandHouse(connectionString);
  const hub = new BalanceHub();
  const prisma = createPrisma(house.pool);
  const logged: string[] = [];
  const logger = createLogger('wallet-test', { write: (line: string) => void logged.push(line) });
  const services: WalletServices = {
    ...house,
    prisma,
    hub,
    listChanges: house.ledgerClient.listChanges,
    onUnfilledGap: (error) => logger.warn({ err: error }, 'a gap could not be filled'),
  };
  const server = await startSubgraphServer({
    name: 'wallet',
    schema,
    bindAddress: '127.0.0.1',
    port: 0,
    verifier: house.keys.verifier,
    createContext: (caller) => createContext(services, caller),
    health: new HealthState(),
    logger,
  });
  const url = `127.0.0.1:${server.port}/graphql`;
  const identityOf = (caller: Caller) => house.keys.signers.gateway.sign(caller);
  return {
    ...house,
    hub,
    url,
    logged,
    identityOf,
    ask: async (caller, query, variables = {}) => {
      const headers = { 'content-type': 'application/json', [identityHeader]: await identityOf(caller) };
      const body = JSON.stringify({ query, variables });
      return (await (await fetch(`http://${url}`, { method: 'POST', headers, body })).json()) as Answer;
    },
    close: async () => {
      hub.close();
      await server.stop();
      await prisma.$disconnect();
      await house.close();
    },
  };
}
