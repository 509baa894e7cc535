import { globSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'tests/dependency-rules');
const { forbidden = [], options } = await extractConfiguration(join(root, '.dependency-cruiser.mjs'));
const rules = forbidden.map((rule) => rule.name ?? 'a rule without a name');
const houses = ['gateway', 'packages', 'start', 'subgraphs', 'tests'];

/** Cruises a tree with the rules of the whole house, as if the tree were the house. */
async function cruiseTree(baseDir: string, folders: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(
    folders,
    { ...options, baseDir, validate: true, ruleSet: { forbidden } },
    { bustTheCache: true },
  );
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with a report instead of a result.');
  return output;
}

describe('every dependency rule', () => {
  test('has one fixture that breaks it', () => {
    expect(readdirSync(fixtures).toSorted()).toEqual(rules.toSorted());
  });

  test.each(rules)('%s finds what breaks it, and nothing else', async (rule) => {
    const tree = join(fixtures, rule);
    const folders = readdirSync(tree).filter((name) => houses.includes(name));
    const { summary } = await cruiseTree(tree, folders);

    const culprits = globSync('**/*.ts', { cwd: tree }).filter((file) => basename(file).startsWith('breaks'));
    expect(culprits).not.toEqual([]);
    expect(new Set(summary.violations.map((violation) => violation.rule.name))).toEqual(new Set([rule]));
    expect(new Set(summary.violations.map((violation) => violation.from))).toEqual(new Set(culprits));
  });
});

test('imports are followed into workspace packages, and imports of types too', async () => {
  const { modules } = await cruiseTree(root, ['packages']);
  const importsOf = (source: string) =>
    modules.find((module) => module.source === source)?.dependencies.map((dependency) => dependency.resolved);

  expect(importsOf('packages/rpc/src/client.ts')).toContain('packages/identity/src/index.ts');
  expect(importsOf('packages/lifecycle/src/run-process.ts')).toContain('packages/logging/src/index.ts');
});
