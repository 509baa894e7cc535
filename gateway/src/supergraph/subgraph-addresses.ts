import { z } from 'zod';

/** GraphQL addresses by subgraph name. */
export type SubgraphAddresses = ReadonlyMap<string, URL>;

const addressesSchema = z.record(z.string(), z.url({ protocol: /^https?$/ }));

function readPairs(text: string): unknown {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', ...address] = pair.split('=');
      return [name.trim(), address.join('=').trim()];
    }),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads `{"ledger": "http://…"}` or `ledger=http://…,wallet=http://…`; a zod transform, so it complains through the context. */
export function readSubgraphAddresses(text: string, context: z.RefinementCtx): SubgraphAddresses {
  const parsed = addressesSchema.safeParse(text.trimStart().startsWith('{') ? readJson(text) : readPairs(text));
  if (!parsed.success) {
    context.addIssue({
      code: 'custom',
      message: 'must name an http address for each subgraph: ledger=http://host:port/graphql,…',
    });
    return z.NEVER;
  }
  return new Map(Object.entries(parsed.data).map(([name, address]) => [name, new URL(address)]));
}
