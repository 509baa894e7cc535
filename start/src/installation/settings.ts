import { portVariable, readConfiguration } from '@localplus/configuration';
import { z } from 'zod';

const port = (byDefault: number) =>
  portVariable()
    .refine((it) => it > 0, 'must be a fixed port')
    .default(byDefault);

const settingsSchema = z.object({
  LOCALPLUS_STATE_DIRECTORY: z.string().default('.local'),
  LOCALPLUS_SEED: z.enum(['none', 'demo'], { error: 'must be none or demo' }).optional(),
  BIND_ADDRESS: z.string().default('127.0.0.1'),
  GATEWAY_PORT: port(4000),
  LEDGER_HTTP_PORT: port(4101),
  LEDGER_GRPC_PORT: port(4201),
  WALLET_HTTP_PORT: port(4102),
  WALLET_GRPC_PORT: port(4202),
  MERCHANT_HTTP_PORT: port(4103),
  MERCHANT_GRPC_PORT: port(4203),
  POSTGRES_PORT: port(5439),
  KAFKA_PORT: port(9092),
  KAFKA_CONTROLLER_PORT: port(9093),
  DEVELOPMENT_ISSUER_PORT: port(4010),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// address')
    .optional(),
  OIDC_ISSUER: z.string().optional(),
  OIDC_AUDIENCE: z.string().optional(),
  OIDC_JWKS_URL: z.string().optional(),
  NODE_ENV: z.string().optional(),
});

/** What an installation is told by its environment. */
export type Settings = z.output<typeof settingsSchema>;

/**
 * Reads the environment of `npm start`.
 * @throws ConfigurationError with all problems at once
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return readConfiguration(settingsSchema, environment);
}

const loopbackAddresses = ['127.0.0.1', '::1', 'localhost'];

/** Why this cannot be taken for one person's own trial; undefined where it can. */
export function productionReason(settings: Settings): string | undefined {
  if (settings.DATABASE_URL !== undefined) return 'DATABASE_URL is set';
  if (settings.NODE_ENV === 'production') return 'NODE_ENV is production';
  if (!loopbackAddresses.includes(settings.BIND_ADDRESS))
    return `BIND_ADDRESS ${settings.BIND_ADDRESS} is not loopback`;
  return undefined;
}

/** Who vouches for the logins, and whether the demo is seeded. */
export interface TrialPlan {
  usesDevelopmentIssuer: boolean;
  seedsDemo: boolean;
}

/**
 * Decides whether the development issuer may start: only where everything binds to loopback and nothing says production.
 * @throws Error with one line that says what to set
 */
export function planTrial(settings: Settings): TrialPlan {
  const usesDevelopmentIssuer = settings.OIDC_ISSUER === undefined;
  const reason = productionReason(settings);
  if (usesDevelopmentIssuer && reason !== undefined) {
    throw new Error(
      `${reason}, so the development issuer stays off: set OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL.`,
    );
  }
  const missing = (['OIDC_AUDIENCE', 'OIDC_JWKS_URL'] as const).filter((name) => settings[name] === undefined);
  if (!usesDevelopmentIssuer && missing.length > 0)
    throw new Error(`OIDC_ISSUER is set: set ${missing.join(' and ')} too.`);
  if (!usesDevelopmentIssuer && settings.LOCALPLUS_SEED === 'demo') {
    throw new Error(
      'The demo needs the tokens of the development issuer: unset OIDC_ISSUER, or set LOCALPLUS_SEED=none.',
    );
  }
  return { usesDevelopmentIssuer, seedsDemo: usesDevelopmentIssuer && settings.LOCALPLUS_SEED !== 'none' };
}
