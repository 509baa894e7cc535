import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getVariableValues, Kind, type OperationDefinitionNode, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { checkoutFolder } from '../checkout/paths.ts';
import { exampleQuery } from '../supervisor/banner.ts';

const read = (path: string) => readFileSync(join(checkoutFolder, path), 'utf8');
const supergraph = buildSchema(read('schema/graphql/supergraph.graphql'));

test('what npm start proposes to try fits the supergraph', () => {
  expect(validate(supergraph, parse(exampleQuery))).toEqual([]);
});

test('what the README proposes to try fits the supergraph, its variables too', () => {
  const body = /<<EOF\n(?<json>.*?)\nEOF\n/s.exec(read('README.md'))?.groups?.json ?? '';
  const { query, variables } = JSON.parse(body.replaceAll('\\$', '$')) as {
    query: string;
    variables: Record<string, unknown>;
  };
  const document = parse(query);
  expect(validate(supergraph, document)).toEqual([]);
  const operations = document.definitions.filter(
    (it): it is OperationDefinitionNode => it.kind === Kind.OPERATION_DEFINITION,
  );
  const definitions = operations.flatMap(({ variableDefinitions }) => variableDefinitions ?? []);
  expect(getVariableValues(supergraph, definitions, variables).errors).toBeUndefined();
});
