import { readFile } from 'node:fs/promises';
import { booleanVariable, integerVariable, readConfiguration } from '@localplus/configuration';
import { z } from 'zod';
import type { KafkaConnection, KafkaSasl, KafkaTls, TopicPolicy } from '../kafka/index.ts';

/** No cluster keeps more copies of a topic. */
const replicationFactorMax = 16;

const schema = z
  .object({
    EVENT_BUS: z.enum(['postgres', 'kafka'], { error: 'must be postgres or kafka' }).default('postgres'),
    EVENT_BUS_DATABASE_URL: z.string().optional(),
    KAFKA_BROKERS: z
      .string()
      .regex(/^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$/, 'must be host:port, several separated by commas')
      .optional(),
    KAFKA_TLS: booleanVariable().default(false),
    KAFKA_TLS_CA_FILE: z.string().optional(),
    KAFKA_TLS_CERTIFICATE_FILE: z.string().optional(),
    KAFKA_TLS_KEY_FILE: z.string().optional(),
    KAFKA_SASL_MECHANISM: z
      .enum(['scram-sha-256', 'scram-sha-512', 'plain'], { error: 'must be scram-sha-256, scram-sha-512 or plain' })
      .optional(),
    KAFKA_SASL_USERNAME: z.string().optional(),
    KAFKA_SASL_PASSWORD: z.string().optional(),
    KAFKA_SASL_PASSWORD_FILE: z.string().optional(),
    KAFKA_TOPICS: z.enum(['create', 'check'], { error: 'must be create or check' }).default('create'),
    KAFKA_REPLICATION_FACTOR: integerVariable(1, replicationFactorMax).optional(),
  })
  .superRefine((it, { addIssue }) => {
    const complain = (variable: string, message: string) => addIssue({ code: 'custom', path: [variable], message });
    if (it.EVENT_BUS === 'postgres') {
      if (!it.EVENT_BUS_DATABASE_URL) complain('EVENT_BUS_DATABASE_URL', 'is needed with EVENT_BUS=postgres');
      return;
    }
    if (!it.KAFKA_BROKERS) complain('KAFKA_BROKERS', 'is needed with EVENT_BUS=kafka');
    if (!it.KAFKA_TLS_CERTIFICATE_FILE !== !it.KAFKA_TLS_KEY_FILE)
      complain('KAFKA_TLS_KEY_FILE', 'and KAFKA_TLS_CERTIFICATE_FILE go together');
    if (!it.KAFKA_SASL_MECHANISM) return;
    if (!it.KAFKA_SASL_USERNAME) complain('KAFKA_SASL_USERNAME', 'is needed with KAFKA_SASL_MECHANISM');
    if (!it.KAFKA_SASL_PASSWORD === !it.KAFKA_SASL_PASSWORD_FILE)
      complain('KAFKA_SASL_PASSWORD', 'or KAFKA_SASL_PASSWORD_FILE is needed with KAFKA_SASL_MECHANISM, not both');
    if (it.KAFKA_SASL_MECHANISM === 'plain' && !usesTls(it))
      complain('KAFKA_SASL_MECHANISM', 'plain sends the password as it is: only with TLS');
  });

type Variables = z.output<typeof schema>;

/** Which bus a process uses, and how it gets in. */
export type EventBusAddress =
  | { readonly kind: 'postgres'; readonly connectionString: string }
  | {
      readonly kind: 'kafka';
      readonly connection: Omit<KafkaConnection, 'clientId'>;
      readonly topicPolicy: TopicPolicy;
      readonly replicationFactor: number | undefined;
    };

/**
 * Reads the variables `EVENT_BUS…` and `KAFKA_…`, and the files that they name.
 * @throws ConfigurationError that names every variable at fault; or Error for a file that cannot be read
 */
export async function readEventBusAddress(environment: NodeJS.ProcessEnv): Promise<EventBusAddress> {
  const variables = readConfiguration(schema, environment);
  if (variables.EVENT_BUS === 'postgres') {
    return { kind: 'postgres', connectionString: variables.EVENT_BUS_DATABASE_URL ?? '' };
  }
  const [tls, sasl] = [await readTls(variables), await readSasl(variables)];
  return {
    kind: 'kafka',
    connection: { brokers: variables.KAFKA_BROKERS?.split(',') ?? [], ...(tls && { tls }), ...(sasl && { sasl }) },
    topicPolicy: variables.KAFKA_TOPICS,
    replicationFactor: variables.KAFKA_REPLICATION_FACTOR,
  };
}

function usesTls(it: Pick<Variables, 'KAFKA_TLS' | 'KAFKA_TLS_CA_FILE' | 'KAFKA_TLS_CERTIFICATE_FILE'>): boolean {
  return it.KAFKA_TLS || it.KAFKA_TLS_CA_FILE !== undefined || it.KAFKA_TLS_CERTIFICATE_FILE !== undefined;
}

async function readTls(variables: Variables): Promise<KafkaTls | undefined> {
  if (!usesTls(variables)) return undefined;
  const { KAFKA_TLS_CA_FILE, KAFKA_TLS_CERTIFICATE_FILE, KAFKA_TLS_KEY_FILE } = variables;
  return {
    ca: await readNamed('KAFKA_TLS_CA_FILE', KAFKA_TLS_CA_FILE),
    certificate: await readNamed('KAFKA_TLS_CERTIFICATE_FILE', KAFKA_TLS_CERTIFICATE_FILE),
    key: await readNamed('KAFKA_TLS_KEY_FILE', KAFKA_TLS_KEY_FILE),
  };
}

async function readSasl(variables: Variables): Promise<KafkaSasl | undefined> {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username = '' } = variables;
  if (!mechanism) return undefined;
  const stored = await readNamed('KAFKA_SASL_PASSWORD_FILE', variables.KAFKA_SASL_PASSWORD_FILE);
  return { mechanism, username, password: variables.KAFKA_SASL_PASSWORD ?? stored?.trimEnd() ?? '' };
}

async function readNamed(variable: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the file that ${variable} names cannot be read: ${reason}`, { cause: error });
  }
}
