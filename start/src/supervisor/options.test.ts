import { expect, test } from 'vitest';
import { readOptions, UsageError } from './options.ts';

test('nothing asked for means one process for all subgraphs and kept data', () => {
  expect(readOptions([])).toEqual({ separate: false, kafka: false, reset: false, help: false });
});

test('options are understood with and without the package manager’s own --', () => {
  const expected = { separate: true, kafka: false, reset: true, help: false };
  expect(readOptions(['--separate', '--reset'])).toEqual(expected);
  expect(readOptions(['--', '--reset', '--separate'])).toEqual(expected);
  expect(readOptions(['-h']).help).toBe(true);
});

test.each([
  ['--seperate', 'Unknown option --seperate.'],
  ['reset', '"reset" is not an option.'],
  ['--reset=yes', 'The option --reset takes no value.'],
])('what is not understood is refused in one line: %s', (parameter, message) => {
  expect(() => readOptions([parameter])).toThrow(UsageError);
  expect(() => readOptions([parameter])).toThrow(`${message} Known: --separate, --kafka, --reset, --help.`);
});
