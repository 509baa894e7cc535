import { buildASTSchema, findBreakingChanges, type GraphQLSchema, parse } from 'graphql';

/** Reads printed SDL as it is; what its directives mean is composition's affair. */
function readGraph(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl), { assumeValidSDL: true });
}

/** Lists what clients of a released graph would miss in another one: what is removed, has become null, or is demanded. */
export function graphFaults(released: string, now: string, place: string): string[] {
  return findBreakingChanges(readGraph(released), readGraph(now)).map(({ description }) => `${place}: ${description}`);
}
