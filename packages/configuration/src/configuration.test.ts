import { expect, test } from 'vitest';
import { z } from 'zod';
import { booleanVariable, ConfigurationError, integerVariable, portVariable, readConfiguration } from './index.ts';

const schema = z.object({
  HTTP_PORT: portVariable().default(4101),
  BATCH_SIZE: integerVariable(1, 32),
  IS_VERBOSE: booleanVariable().default(false),
});

test('variables become typed values, and an empty one counts as absent', () => {
  expect(readConfiguration(schema, { HTTP_PORT: '', BATCH_SIZE: '8', IS_VERBOSE: 'true' })).toEqual({
    HTTP_PORT: 4101,
    BATCH_SIZE: 8,
    IS_VERBOSE: true,
  });
});

test('all problems are reported at once, by name and never by value', () => {
  const attempt = () => readConfiguration(schema, { HTTP_PORT: '70000', BATCH_SIZE: 'hunter2' });
  expect(attempt).toThrow(ConfigurationError);
  expect(attempt).toThrow(/HTTP_PORT.*BATCH_SIZE/);
  expect(attempt).not.toThrow(/hunter2/);
});
