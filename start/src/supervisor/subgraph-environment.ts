import type { SubgraphName } from '../checkout/paths.ts';

/**
 * The environment of one subgraph in a process that may host several: a variable `LEDGER_X` is the ledger's `X`, and
 * stands above a plain `X` that is meant for all.
 */
export function subgraphEnvironment(name: SubgraphName, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const prefix = `${name.toUpperCase()}_`;
  const own = Object.entries(environment)
    .filter(([variable]) => variable.startsWith(prefix))
    .map(([variable, value]) => [variable.slice(prefix.length), value]);
  return { ...environment, ...Object.fromEntries(own) };
}
