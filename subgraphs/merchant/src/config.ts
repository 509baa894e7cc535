import { portVariable, readConfiguration } from '@localplus/configuration';
import { eventBusVariables } from '@localplus/event-bus/open';
import { z } from 'zod';

/** The internal identity separates issuer and subject by a bar. */
const operatorsSchema = z.array(
  z.object({ issuer: z.string().regex(/^[^|]{1,255}$/), subject: z.string().min(1).max(255) }),
);

function operatorsVariable() {
  const form = 'must be a JSON array of { "issuer", "subject" }';
  return z.string().transform((text, context) => {
    try {
      return operatorsSchema.parse(JSON.parse(text));
    } catch {
      // Whatever is wrong with it, the reader is told the form; the value itself is never repeated.
      context.addIssue({ code: 'custom', message: form });
      return z.NEVER;
    }
  });
}

const ownVariables = z.object({
  /** As the login role `merchant`. */
  DATABASE_URL: z.string(),
  BIND_ADDRESS: z.string().default('127.0.0.1'),
  HTTP_PORT: portVariable().default(4103),
  GRPC_PORT: portVariable().default(4203),
  /** Everybody's public keys. */
  INTERNAL_KEYS_FILE: z.string(),
  /** Logins that run the platform. They are added at the start; leaving one out takes nothing away. */
  PLATFORM_OPERATORS: operatorsVariable().default([]),
});
const schema = ownVariables.and(eventBusVariables);

/** What the merchant's process is told from outside. */
export type MerchantConfiguration = z.output<typeof schema>;

/** @throws ConfigurationError, which names every variable at fault */
export function readMerchantConfiguration(environment: NodeJS.ProcessEnv): MerchantConfiguration {
  return readConfiguration(schema, environment);
}
