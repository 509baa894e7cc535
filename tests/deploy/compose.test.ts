import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { checkout } from '../e2e/platform/platform-process.ts';
import { isInBuildContext } from './build-context.ts';
import { deployFolder, interpolate, operatorVariables, readComposeFile, serviceOf } from './compose-file.ts';
import { environmentOf, readContainerfile, textsOf } from './containerfile.ts';

const composeText = readFileSync(join(deployFolder, 'compose.yaml'), 'utf8');
const compose = readComposeFile();
const services = Object.entries(compose.services);
const ownServices = services.filter(([, { build }]) => build !== undefined);
const [workspace = [], image = []] = readContainerfile();
const manifest: { packageManager: string; devDependencies: { node: string } } = JSON.parse(
  readFileSync(join(checkout, 'package.json'), 'utf8'),
);

const sources = {
  'set-up': ['start/src/installation/set-up.ts'],
  domain: ['ledger', 'wallet', 'merchant'].map((name) => `subgraphs/${name}/src/config.ts`),
  gateway: ['gateway/src/config.ts'],
};
const sourcesOfAll = ['packages/event-bus/src/open/variables.ts'];

/** The variables that the schemas in these files declare. */
function declaredIn(files: string[]): string[] {
  return files.flatMap((file) =>
    [...readFileSync(join(checkout, file), 'utf8').matchAll(/^\s+([A-Z][A-Z0-9_]+): /gm)].map(([, name = '']) => name),
  );
}

test('the compose file has no key that the specification does not know, and a key misspelt is refused', () => {
  expect(services.map(([name]) => name)).toEqual(['postgres', 'kafka', 'set-up', 'domain', 'gateway']);
  expect(() => readComposeFile(composeText.replace('stop_grace_period', 'stop_grace_time'))).toThrow('stop_grace_time');
  expect(() => readComposeFile(composeText.replace('user: "10001:10001"', 'user: "0:0"'))).toThrow('must be no root');
});

test.each(services)('what %s names is there', (_, service) => {
  const volumes = (service.volumes ?? []).map((mount) => mount.split(':')[0]);
  expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(volumes));
  expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(service.networks));
  expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(service.secrets ?? []));
  for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
    const isWatched = serviceOf(compose, name).healthcheck !== undefined;
    expect(isWatched, `${name} has a health check where ${condition} is awaited`).toBe(condition === 'service_healthy');
  }
});

test('nothing is declared that nobody uses', () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((mount) => mount.split(':')[0]));
  expect(new Set(used)).toEqual(new Set(Object.keys(compose.volumes)));
  expect(new Set(services.flatMap(([, { networks }]) => networks))).toEqual(new Set(Object.keys(compose.networks)));
  expect(new Set(services.flatMap(([, { secrets = [] }]) => secrets))).toEqual(new Set(Object.keys(compose.secrets)));
});

test.each(ownServices)(
  '%s runs a file of the image, without rights, and cannot write where it is not told',
  (_, service) => {
    const [program, script = ''] = service.command ?? [];
    expect(program).toBe('node');
    for (const file of [script, ...(service.healthcheck?.test ?? []).filter((it) => it.endsWith('.ts'))]) {
      expect(existsSync(join(checkout, file)), file).toBe(true);
      expect(isInBuildContext(file), file).toBe(true);
    }
    expect(service).toMatchObject({ user: '10001:10001', read_only: true, cap_drop: ['ALL'] });
  },
);

test.each(Object.entries(sources))('every variable of %s is one that it reads', (name, files) => {
  const own = declaredIn(files);
  expect(own.length).toBeGreaterThan(0);
  // A file may hold the address of a database, and the logger reads its level by itself.
  const known = [...own, ...declaredIn(sourcesOfAll), 'DATABASE_URL_FILE', 'LOG_LEVEL'];
  const unknown = Object.keys(serviceOf(compose, name).environment).filter((variable) => {
    const ofSubgraph = name === 'domain' ? variable.replace(/^(LEDGER|WALLET|MERCHANT)_/, '') : variable;
    return !known.includes(variable) && !known.includes(ofSubgraph);
  });
  expect(unknown).toEqual([]);
});

test('only the gateway can be reached from outside, and from this machine alone unless the operator says otherwise', () => {
  expect(services.flatMap(([name, { ports }]) => (ports ? [name] : []))).toEqual(['gateway']);
  const [mapping = ''] = serviceOf(compose, 'gateway').ports ?? [];
  expect(interpolate(mapping, {})).toBe('127.0.0.1:4000:4000');
  expect(compose.networks.inside).toEqual({ internal: true });
  for (const name of ['postgres', 'kafka', 'set-up', 'domain'])
    expect(serviceOf(compose, name).networks).toEqual(['inside']);
});

test('a process sees its own secrets alone, and cannot change them', () => {
  expect(serviceOf(compose, 'gateway').volumes).toEqual(['gateway-secrets:/run/localplus/gateway:ro']);
  for (const mount of serviceOf(compose, 'domain').volumes ?? []) expect(mount).toMatch(/-secrets:.*:ro$/);
  const holders = services.filter(([, { volumes = [] }]) => volumes.some((mount) => mount.startsWith('installation:')));
  expect(holders.map(([name]) => name)).toEqual(['set-up']);
});

test('the image has the Node that the project pins, no root, and a health check', () => {
  const versions = [workspace, image].map((stage) => /node:([\d.]+)-/.exec(textsOf(stage, 'FROM')[0] ?? '')?.[1]);
  expect(versions).toEqual([manifest.devDependencies.node, manifest.devDependencies.node]);
  const last = (keyword: string) => textsOf(image, keyword).at(-1);
  expect(last('USER')).toBe(serviceOf(compose, 'gateway').user);
  expect(environmentOf(image)).toEqual({ NODE_ENV: 'production' });
  expect(last('CMD')).toBe(JSON.stringify(serviceOf(compose, 'gateway').command).replaceAll(',', ', '));
  const check = serviceOf(compose, 'gateway').healthcheck?.test.slice(1);
  expect(last('HEALTHCHECK')).toContain(JSON.stringify(check).replaceAll(',', ', '));
});

test('the image has a folder of the right owner for every volume that a process writes to', () => {
  const made = textsOf(image, 'RUN').join(' ').split(' ');
  const targets = (serviceOf(compose, 'set-up').volumes ?? []).map((mount) => mount.split(':')[1]);
  expect(made).toEqual(expect.arrayContaining(targets));
});

test.each([
  '.git/config',
  '.local/passwords.json',
  'deploy/.env',
  'deploy/secrets/postgres-password',
  'node_modules/pg/x',
])('%s stays out of the image', (path) => expect(isInBuildContext(path)).toBe(false));

test.each(['package.json', 'patches/kafkajs@2.2.4.patch', 'prisma/ledger/schema.prisma', 'tests/package.json'])(
  '%s goes into the image',
  (path) => {
    expect(existsSync(join(checkout, path))).toBe(true);
    expect(isInBuildContext(path)).toBe(true);
  },
);

test('the example names every variable that the operator may set, and gives those that must be', () => {
  const text = readFileSync(join(deployFolder, '.env.example'), 'utf8');
  const example = parseEnv(text);
  const variables = operatorVariables(composeText);
  expect(variables.map(({ name }) => name)).toContain('OIDC_ISSUER');
  for (const { name, isRequired } of variables) {
    if (isRequired) expect(example[name], name).toBeTruthy();
    else expect(text).toMatch(new RegExp(`^#${name}=`, 'm'));
  }
  const named = new Set(variables.map(({ name }) => name));
  expect(Object.keys(example).filter((name) => !named.has(name))).toEqual([]);
  expect(JSON.parse(example.PLATFORM_OPERATORS ?? '')).toEqual([
    { issuer: example.OIDC_ISSUER, subject: expect.any(String) },
  ]);
});
