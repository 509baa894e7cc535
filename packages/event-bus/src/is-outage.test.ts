import { expect, test } from 'vitest';
import { isOutage } from './is-outage.ts';

const failure = (message: string, more: object = {}) => Object.assign(new Error(message), more);

test.each([
  ['a refused connection', failure('connect', { code: 'ECONNREFUSED' })],
  ['a database that shuts down', failure('terminating connection', { code: '57P01' })],
  ['a database that starts', failure('starting up', { code: '57P03' })],
  ['a lost connection without a code', failure('Connection terminated unexpectedly')],
  ['a serialization failure', failure('could not serialize', { code: '40001' })],
  ['an unavailable neighbour', failure('14 UNAVAILABLE', { code: 14 })],
  ['a cause that is an outage', failure('the effect failed', { cause: failure('x', { code: 'ECONNRESET' }) })],
])('%s is waited for', (_what, error) => expect(isOutage(error)).toBe(true));

test.each([
  ['a bug', new TypeError('x is not a function')],
  ['a broken constraint', failure('duplicate key', { code: '23505' })],
  ['a refused argument', failure('3 INVALID_ARGUMENT', { code: 3 })],
  ['what is no error', 'ECONNREFUSED'],
])('%s counts against its record', (_what, error) => expect(isOutage(error)).toBe(false));
