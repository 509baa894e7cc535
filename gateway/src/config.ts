import { booleanVariable, portVariable, readConfiguration } from '@localplus/configuration';
import { optionalEventBusVariables } from '@localplus/event-bus/open';
import { z } from 'zod';
import { readSubgraphAddresses } from './supergraph/subgraph-addresses.ts';

const environmentSchema = z
  .object({
    GATEWAY_PORT: portVariable().default(4000),
    BIND_ADDRESS: z.string().default('127.0.0.1'),
    /** File with the composed supergraph. */
    SUPERGRAPH_FILE: z.string(),
    /** Where the subgraphs are: JSON, or `ledger=http://127.0.0.1:4101/graphql,wallet=…`. */
    SUBGRAPH_URLS: z.string().transform(readSubgraphAddresses),
    MERCHANT_GRPC: z.string(),
    WALLET_GRPC: z.string(),
    OIDC_ISSUER: z.string(),
    OIDC_AUDIENCE: z.string(),
    OIDC_JWKS_URL: z.url(),
    /** File with the private JWK that internal identities are signed with. */
    INTERNAL_KEY_FILE: z.string(),
    /** Origins whose pages may call the API from a browser, separated by commas. */
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform((list) => list.split(',').flatMap((origin) => origin.trim() || [])),
    /** GraphiQL, and introspection without a token. */
    DEVELOPMENT: booleanVariable().default(false),
    /** JSON file with the tokens and the demo's ids that GraphiQL offers; read each time the page opens. */
    DEVELOPMENT_TOKENS_FILE: z.string().optional(),
  })
  // With the bus, rights that change are dropped at once; without, a minute later.
  .and(optionalEventBusVariables);

/** What the gateway is told from outside. */
export type GatewayConfiguration = z.output<typeof environmentSchema>;

/**
 * Reads the gateway's configuration; the only reader of the environment.
 * @throws ConfigurationError with all problems at once
 */
export function readGatewayConfiguration(environment: NodeJS.ProcessEnv): GatewayConfiguration {
  return readConfiguration(environmentSchema, environment);
}

/** @apollo/gateway reads this one from the process; nothing else switches its hourly report off. */
export function switchOffApolloTelemetry(): void {
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
}
