import { expect, test } from 'vitest';
import { subgraphEnvironment } from './subgraph-environment.ts';

test('each subgraph in one process gets its own variables without the prefix, and those meant for all', () => {
  const environment = { LEDGER_HTTP_PORT: '4101', WALLET_HTTP_PORT: '4102', HTTP_PORT: '1', BIND_ADDRESS: '127.0.0.1' };
  expect(subgraphEnvironment('ledger', environment)).toMatchObject({ HTTP_PORT: '4101', BIND_ADDRESS: '127.0.0.1' });
  expect(subgraphEnvironment('wallet', environment).HTTP_PORT).toBe('4102');
  expect(subgraphEnvironment('merchant', environment).HTTP_PORT).toBe('1');
});
