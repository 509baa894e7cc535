import { expect, test } from 'vitest';
import { JobUsageError, readJobCommand } from './options.ts';

test.each([
  [[], { verb: 'list' }],
  [['--', 'list'], { verb: 'list' }],
  [['show', 'a'], { verb: 'show', id: 'a' }],
  [['retry', 'a'], { verb: 'retry', which: { id: 'a' } }],
  [['retry', '--all'], { verb: 'retry', which: 'all' }],
])('%j is understood', (parameters, command) => {
  expect(readJobCommand(parameters)).toEqual(command);
});

test.each([[['list', 'a']], [['show']], [['retry']], [['stop', 'a']], [['retry', 'a', 'b']]])(
  '%j is refused with how it is used',
  (parameters) => {
    expect(() => readJobCommand(parameters)).toThrow(JobUsageError);
    expect(() => readJobCommand(parameters)).toThrow('pnpm jobs -- list');
  },
);
