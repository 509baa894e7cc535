import { type GraphQLSchema, graphql } from 'graphql';
import { type SubgraphName, subgraphNames } from '../checkout/paths.ts';

/** A subgraph's part of the supergraph. */
export interface SubgraphSdl {
  name: SubgraphName;
  /** With the federation directives. */
  sdl: string;
}

/** Loads a subgraph's schema from its code, without a database or a socket. */
export async function loadSubgraphSchema(name: SubgraphName): Promise<GraphQLSchema> {
  switch (name) {
    case 'ledger':
      return (await import('@localplus/ledger/schema')).schema;
    case 'merchant':
      return (await import('@localplus/merchant/schema')).schema;
    case 'wallet':
      return (await import('@localplus/wallet/schema')).schema;
  }
}

/**
 * Prints the schema of every subgraph from its code.
 * @throws when a subgraph cannot describe itself
 */
export async function printSubgraphs(): Promise<SubgraphSdl[]> {
  return Promise.all(
    subgraphNames.map(async (name) => {
      const schema = await loadSubgraphSchema(name).catch((error: unknown) => {
        throw new Error(`The schema of the subgraph ${name} cannot be built: ${String(error)}`, { cause: error });
      });
      const { data, errors } = await graphql({ schema, source: '{ _service { sdl } }', contextValue: {} });
      const sdl = (data?._service as { sdl?: unknown } | undefined)?.sdl;
      if (typeof sdl !== 'string') {
        throw new Error(`The subgraph ${name} does not describe itself: ${errors?.join('; ') ?? 'no SDL'}`);
      }
      return { name, sdl: `${sdl.trim()}\n` };
    }),
  );
}
