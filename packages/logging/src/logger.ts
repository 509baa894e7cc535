import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * Field names whose values never reach a log, one level deep or at the top. Personal data and secrets should not be
 * handed to a logger at all; this is the net below that rule.
 */
const redactedFields = [
  'authorization',
  'token',
  'password',
  'secret',
  'key',
  'cardCode',
  'pin',
  'email',
  'phone',
  'givenName',
  'connectionString',
];

/**
 * Makes the logger of a process: JSON lines on standard output, one per event.
 * @param name the process or part, for instance `ledger`
 */
export function createLogger(name: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level: process.env.LOG_LEVEL ?? 'info',
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...redactedFields, ...redactedFields.map((field) => `*.${field}`)], censor: '[redacted]' },
  };
  // Written at once: lines that wait for a reader who is gone keep a process from ending, for they are tried again for ever.
  return pino(options, destination ?? pino.destination({ fd: process.stdout.fd, sync: true }));
}
