import type { z } from 'zod';

/** The environment does not describe a process that can start. The message names every variable at fault. */
export class ConfigurationError extends Error {
  constructor(problems: string[]) {
    super(`The configuration cannot be used: ${problems.join('; ')}`);
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads a process's configuration from its environment, once, and reports all problems together.
 * An empty variable counts as absent. Values are never repeated in the message: one of them may be a secret.
 * @throws ConfigurationError
 */
export function readConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  throw new ConfigurationError(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'environment'}: ${issue.message}`),
  );
}
