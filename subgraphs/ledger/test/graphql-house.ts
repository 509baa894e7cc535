import type { Caller } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { type ExecutionResult, graphql } from 'graphql';
import { createContext, type LedgerServices } from '../src/graphql/context.ts';
import { schema } from '../src/graphql/schema.ts';
import { createPrisma } from '../src/store/prisma.ts';
import type { LedgerHouse } from './ledger-house.ts';

/** An answer of the schema; errors by their code, which is all that a client may rely on. */
export interface Answer<Data> {
  data: Data;
  codes: unknown[];
  errors: ExecutionResult['errors'];
}

/** Asks the schema as a caller, without a server. */
export type Ask = <Data = Record<string, unknown>>(
  caller: Caller,
  source: string,
  variables?: Record<string, unknown>,
) => Promise<Answer<Data>>;

/** The door of a house. */
export function openDoor(house: LedgerHouse): { ask: Ask; services: LedgerServices } {
  const { pool, commands } = house;
  const { templates } = house.batch;
  const services = { prisma: createPrisma(pool), pool, commands, templates, logger: createLogger('ledger test') };
  return {
    services,
    ask: async <Data>(caller: Caller, source: string, variableValues: Record<string, unknown> = {}) => {
      const contextValue = createContext(services, caller);
      const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
      // Without the prototypes of graphql-js, for comparisons.
      const plain = JSON.parse(JSON.stringify(data ?? null)) as Data;
      return {
        data: plain,
        codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message),
        errors,
      };
    },
  };
}
