import { expect, test } from 'vitest';
import { readGatewayConfiguration } from './config.ts';

const enough = {
  SUPERGRAPH_FILE: 'supergraph.graphql',
  SUBGRAPH_URLS: 'ledger=http://127.0.0.1:4101/graphql, wallet=https://wallet.internal/graphql?a=b',
  MERCHANT_GRPC: '127.0.0.1:4203',
  WALLET_GRPC: '127.0.0.1:4202',
  OIDC_ISSUER: 'https://login.example',
  OIDC_AUDIENCE: 'localplus',
  OIDC_JWKS_URL: 'https://login.example/jwks',
  INTERNAL_KEY_FILE: 'gateway.jwk',
};

test('subgraphs are placed by pairs or by JSON', () => {
  const places = [
    ['ledger', new URL('http://127.0.0.1:4101/graphql')],
    ['wallet', new URL('https://wallet.internal/graphql?a=b')],
  ];
  expect([...readGatewayConfiguration(enough).SUBGRAPH_URLS]).toEqual(places);
  const json = JSON.stringify(Object.fromEntries(places));
  expect([...readGatewayConfiguration({ ...enough, SUBGRAPH_URLS: json }).SUBGRAPH_URLS]).toEqual(places);
});

test('what is not said is closed: loopback, no foreign page, no development', () => {
  expect(readGatewayConfiguration(enough)).toMatchObject({
    GATEWAY_PORT: 4000,
    BIND_ADDRESS: '127.0.0.1',
    CORS_ORIGINS: [],
    DEVELOPMENT: false,
  });
});

test('all problems are named at once, and no value is repeated', () => {
  const wrong = { ...enough, SUBGRAPH_URLS: '{ "ledger": "secret" }', GATEWAY_PORT: 'x', EVENT_BUS: 'postgres' };
  const read = () => readGatewayConfiguration({ ...wrong, OIDC_ISSUER: '' });
  for (const name of ['GATEWAY_PORT', 'SUBGRAPH_URLS', 'OIDC_ISSUER']) expect(read).toThrow(name);
  expect(read).not.toThrow('secret');
  expect(() => readGatewayConfiguration({ ...enough, EVENT_BUS: 'postgres' })).toThrow('EVENT_BUS_DATABASE_URL');
});
