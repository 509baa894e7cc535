import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkout } from '../e2e/platform/platform-process.ts';

export const deployFolder = join(checkout, 'deploy');

// The part of the Compose Specification that is used. Whatever is not named here is unknown, and refused.
const duration = z.string().regex(/^(\d+(ms|s|m|h))+$/);
const size = z.string().regex(/^\d+[kmg]$/);
const texts = z.array(z.string());
const environment = z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string());

const healthCheck = z.strictObject({
  test: z.tuple([z.literal('CMD'), z.string()], z.string()),
  interval: duration,
  timeout: duration,
  retries: z.int().positive(),
  start_period: duration,
});

const logging = z.strictObject({
  driver: z.literal('json-file'),
  options: z.strictObject({ 'max-size': size, 'max-file': z.string().regex(/^\d+$/) }),
});

const limits = z.strictObject({ cpus: z.string().regex(/^\d+(\.\d+)?$/), memory: size, pids: z.int().positive() });
const dependency = z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) });

/** What a service of ours may say, and what all of them share. */
const serviceFields = {
  image: z.string().regex(/:[^:/]+$/, 'must name its version'),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  user: z
    .string()
    .regex(/^[1-9]\d*:[1-9]\d*$/, 'must be no root')
    .optional(),
  command: texts.min(1).optional(),
  environment,
  secrets: texts.optional(),
  volumes: z.array(z.string().regex(/^[a-z-]+:\/[^:]+(:ro)?$/)).optional(),
  networks: texts.min(1),
  ports: texts.optional(),
  read_only: z.boolean().optional(),
  tmpfs: texts.optional(),
  cap_drop: z.tuple([z.literal('ALL')]).optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  shm_size: size.optional(),
  init: z.boolean().optional(),
  restart: z.string().regex(/^(unless-stopped|on-failure:\d+)$/),
  stop_grace_period: duration,
  depends_on: z.record(z.string(), dependency).optional(),
  healthcheck: healthCheck.optional(),
  deploy: z.strictObject({ resources: z.strictObject({ limits }) }),
  logging,
};
const service = z.strictObject(serviceFields);

const composeFile = z
  .strictObject({
    name: z.string().regex(/^[a-z]+$/),
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
    volumes: z.record(z.string(), z.strictObject({})),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
  })
  .strict();

/** A service as `deploy/compose.yaml` describes it. */
export type ComposeService = z.output<typeof service>;
export type ComposeFile = z.output<typeof composeFile>;

/**
 * Reads a compose file as Compose does: anchors and merged keys are resolved, extensions (`x-…`) are for reuse alone.
 * @throws ZodError that names every key that the specification, as far as it is used, does not have
 */
export function readComposeFile(text = readFileSync(join(deployFolder, 'compose.yaml'), 'utf8')): ComposeFile {
  const content: Record<string, unknown> = parse(text, { merge: true });
  return composeFile.parse(Object.fromEntries(Object.entries(content).filter(([key]) => !key.startsWith('x-'))));
}

/** A service by its name. @throws when there is none */
export function serviceOf(file: ComposeFile, name: string): ComposeService {
  const found = file.services[name];
  if (!found) throw new Error(`deploy/compose.yaml has no service ${name}.`);
  return found;
}

const variable = /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g;

/** The variables that the text takes from the operator, and whether it can do without. */
export function operatorVariables(text: string): { name: string; isRequired: boolean }[] {
  return [...text.matchAll(variable)].map(([, name = '', kind]) => ({ name, isRequired: kind !== '-' }));
}

/** Puts the operator's values in, or the defaults. @throws for one that is required and not there, as Compose does */
export function interpolate(text: string, values: Record<string, string>): string {
  return text.replaceAll(variable, (_, name: string, kind: string | undefined, rest: string | undefined) => {
    const value = values[name] || (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} is not set: ${rest ?? ''}`);
    return value;
  });
}
