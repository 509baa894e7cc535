import { booleanVariable, integerVariable } from '@localplus/configuration';
import { z } from 'zod';

/** No cluster keeps more copies of a topic. */
const replicationFactorMax = 16;

/** Each variable by itself. */
export const variables = z.object({
  EVENT_BUS: z.enum(['postgres', 'kafka'], { error: 'must be postgres or kafka' }).optional(),
  /** As the role `bus`. */
  EVENT_BUS_DATABASE_URL: z.string().optional(),
  /** Checks what is published against its schema: in development and in tests. */
  EVENT_BUS_VALIDATE_ON_PUBLISH: booleanVariable().default(false),
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^:,\s]+:\d+(,[^:,\s]+:\d+)*$/, 'must be host:port, several separated by commas')
    .optional(),
  /** Encrypts, by an authority that the system trusts. The files do so too. */
  KAFKA_TLS: booleanVariable().optional(),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERTIFICATE_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SASL_MECHANISM: z
    .enum(['scram-sha-256', 'scram-sha-512', 'plain'], { error: 'must be scram-sha-256, scram-sha-512 or plain' })
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SASL_PASSWORD_FILE: z.string().optional(),
  /** Whether missing topics are created, or are an error: where somebody else administers the cluster. */
  KAFKA_TOPICS: z.enum(['create', 'check'], { error: 'must be create or check' }).default('create'),
  /** Copies of the topics that are created; as many as there are brokers, three at most, unless told. */
  KAFKA_REPLICATION_FACTOR: integerVariable(1, replicationFactorMax).optional(),
});

/** The variables as they were read, before they are known to fit together. */
export type Variables = z.output<typeof variables>;

/** Tells of a variable that cannot be used. */
export type Complain = (variable: keyof Variables, message: string) => void;
