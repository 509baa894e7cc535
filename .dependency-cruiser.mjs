import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Every file that a package lets others import, as its package.json says. */
const entryPoints = globSync('{packages/*,subgraphs/*,gateway}/package.json', { cwd: import.meta.dirname }).flatMap(
  (file) =>
    Object.values(JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')).exports ?? {}).map((target) =>
      exactly(join(dirname(file), target)),
    ),
);

const testCode = [
  '\\.test\\.ts$',
  '^tests/',
  '^vitest\\.config\\.ts$',
  '^packages/test-database/',
  '^packages/event-bus/src/contract/',
  '/src/testing/',
  '^subgraphs/[^/]+/test/',
];
const doors = '(?:graphql|grpc|events)';

function exactly(path) {
  return `^${path.replaceAll('.', '\\.')}$`;
}

/** A package of a registry: where pnpm keeps it, or its bare name where it is not installed. */
function registryPackage(name) {
  return [`(?:^|/)node_modules/${name}/`, `^${name}(?:/|$)`];
}

/** A package of a registry that only the named folders may import; everybody else goes through them. */
function atHome(name, packages, homes) {
  return {
    name,
    severity: 'error',
    comment: `Only ${homes.join(', ')} may import it: whoever else needs it asks there.`,
    from: { pathNot: [...homes, '/node_modules/', '^tests/'] },
    to: { path: packages.flatMap(registryPackage) },
  };
}

const layers = [
  {
    name: 'domain-imports-domain-only',
    comment:
      'Rules stay pure: no input or output, no type of a library. Identifiers, who is calling, and parsing a URL are pure.',
    from: { path: '^subgraphs/([^/]+)/src/domain/', pathNot: testCode },
    to: { pathNot: ['^subgraphs/$1/src/domain/', '^packages/(?:identifiers|identity)/', '^(?:node:)?url$'] },
  },
  {
    name: 'commands-import-no-door',
    comment: 'A mutation, a gRPC method and an event are doors to the same command: it cannot know any of them.',
    from: { path: '^subgraphs/([^/]+)/src/(?:commands|queries)/', pathNot: testCode },
    to: { path: `^subgraphs/$1/src/${doors}/` },
  },
  {
    name: 'doors-apart',
    comment: 'What two doors share is a command, a query or the domain.',
    from: { path: '^subgraphs/([^/]+)/src/(graphql|grpc|events)/', pathNot: testCode },
    to: { path: `^subgraphs/$1/src/${doors}/`, pathNot: '^subgraphs/$1/src/$2/' },
  },
  {
    name: 'only-main-wires',
    comment: 'One file brings doors, commands and store together.',
    from: {
      path: '^subgraphs/([^/]+)/src/',
      pathNot: [...testCode, '/src/main\\.ts$', `/src/(?:domain|commands|queries|store|${doors})/`],
    },
    to: { path: `^subgraphs/$1/src/(?:${doors}|store|commands)/` },
  },
  {
    name: 'store-imports-domain-only',
    comment: 'The store remembers: it neither decides nor knows who asks.',
    from: { path: '^subgraphs/([^/]+)/src/store/', pathNot: testCode },
    to: { path: `^subgraphs/$1/src/(?:${doors}|commands|queries)/` },
  },
];

const houses = [
  {
    name: 'subgraphs-apart',
    comment: 'Subgraphs meet in schema/ and over the wire: gRPC and events, never code.',
    from: { path: '^subgraphs/([^/]+)/' },
    to: { path: '^(?:subgraphs|gateway|start|apps)/', pathNot: '^subgraphs/$1/' },
  },
  {
    name: 'gateway-apart',
    comment: 'The gateway knows subgraphs by their printed schema and their addresses.',
    from: { path: '^gateway/' },
    to: { path: '^(?:subgraphs|start|apps)/' },
  },
  {
    name: 'packages-below',
    comment: 'Packages are what processes stand on.',
    from: { path: '^packages/' },
    to: { path: '^(?:subgraphs|gateway|start|apps)/' },
  },
  {
    name: 'no-deep-import',
    comment: 'Another package is entered by what its package.json exports.',
    from: { path: '^((?:packages|subgraphs|apps)/[^/]+|gateway|start|tests)/' },
    to: { path: '^(?:(?:packages|subgraphs|apps)/[^/]+|gateway|start)/', pathNot: ['^$1/', ...entryPoints] },
  },
];

const homes = [
  atHome('kafkajs-at-home', ['kafkajs'], ['^packages/event-bus/src/kafka/']),
  atHome('ioredis-at-home', ['ioredis'], ['^packages/[^/]+/src/valkey/']),
  atHome('grpc-at-home', ['@grpc/grpc-js', 'grpc-health-check'], ['^packages/rpc/']),
  atHome(
    'pg-at-home',
    ['pg'],
    [
      '^packages/(?:postgres|local-postgres|test-database|outbox)/',
      '^packages/event-bus/src/postgres/',
      '^subgraphs/[^/]+/src/store/',
    ],
  ),
  atHome('pg-boss-at-home', ['pg-boss'], ['^subgraphs/[^/]+/src/store/']),
  {
    name: 'prisma-client-at-home',
    comment: 'A generated client is the store of its subgraph; Pothos, at the GraphQL door, reads through it.',
    from: { pathNot: ['^subgraphs/[^/]+/src/(?:store|graphql)/', '/node_modules/'] },
    to: { path: ['^subgraphs/[^/]+/src/store/generated/', ...registryPackage('@prisma/(?:client|adapter-pg)')] },
  },
];

const hygiene = [
  {
    name: 'no-cycle',
    comment: 'Modules in a cycle are one module that is hard to read.',
    from: { pathNot: '/generated/' },
    to: { circular: true },
  },
  {
    name: 'no-orphan',
    comment:
      'A module that imports nothing and that nobody imports is left over. What is run by its path stands at the top of start/.',
    from: { orphan: true, pathNot: ['\\.d\\.ts$', '\\.config\\.(?:ts|mjs)$', '^start/[^/]+\\.ts$'] },
    to: {},
  },
  {
    name: 'production-imports-no-test',
    comment: 'What runs in production cannot lean on a test or on a tool for tests.',
    from: { pathNot: testCode },
    to: { path: [...testCode, ...['vitest', 'fast-check', 'playwright-core'].flatMap(registryPackage)] },
  },
  {
    name: 'production-imports-no-development-dependency',
    comment: 'An image has no development dependencies.',
    from: { path: '^(?:packages|subgraphs|gateway|start|apps)/', pathNot: testCode },
    to: { dependencyTypes: ['npm-dev'] },
  },
  {
    name: 'dependencies-are-declared',
    comment: 'A package that is found only because another one brought it is gone when that one changes.',
    from: { path: '^(?:packages|subgraphs|gateway|start|apps|tests)/', pathNot: testCode.slice(0, 1) },
    // The test runner is the workspace's own; who may import it is another rule.
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '/node_modules/vitest/' },
  },
  {
    name: 'imports-resolve',
    comment: 'An import that cannot be followed would escape every other rule.',
    from: {},
    to: { couldNotResolve: true, path: ['^@localplus/', '^\\.'] },
  },
];

export default {
  forbidden: [...layers, ...houses, ...homes, ...hygiene].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: ['node_modules', '/generated/'] },
    exclude: { path: '^tests/dependency-rules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
