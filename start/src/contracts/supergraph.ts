import { composeServices } from '@apollo/composition';
import { type GraphQLSchema, parse } from 'graphql';
import type { SubgraphSdl } from './subgraph-sdl.ts';

/** Hints below interest nobody but the authors of the composition: they tell what it did, not what is odd. */
const toldHintLevel = 'WARN';

/** The composed contract of all subgraphs. */
export interface Supergraph {
  sdl: string;
  /** What clients see of it. */
  api: GraphQLSchema;
  /** What composition found odd, but not wrong. */
  hints: string[];
}

/** The subgraphs do not fit together; the message lists why. */
export class CompositionFailed extends Error {
  constructor(reasons: string[]) {
    super(`The subgraphs do not compose:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}`);
    this.name = 'CompositionFailed';
  }
}

/**
 * Composes the supergraph. Subgraphs are named `http://<name>`; the gateway's configuration maps names to addresses.
 * @throws CompositionFailed
 */
export function composeSupergraph(subgraphs: SubgraphSdl[]): Supergraph {
  const result = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: `http://${name}`, typeDefs: parse(sdl, { noLocation: true }) })),
  );
  if (result.errors) throw new CompositionFailed(result.errors.map((error) => error.message));
  return {
    sdl: `${result.supergraphSdl.trim()}\n`,
    api: result.schema.toAPISchema().toGraphQLJSSchema(),
    hints: result.hints
      .filter((hint) => hint.definition.level.name === toldHintLevel)
      .map((hint) => `${hint.definition.code}: ${hint.message}`),
  };
}
