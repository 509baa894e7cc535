import { expect, test } from 'vitest';
import { planTrial, readSettings } from './settings.ts';

const plan = (environment: NodeJS.ProcessEnv) => planTrial(readSettings(environment));

const issuer = {
  OIDC_ISSUER: 'https://login.example',
  OIDC_AUDIENCE: 'api',
  OIDC_JWKS_URL: 'https://login.example/keys',
};

test('with no variable set, the development issuer starts and the demo is seeded', () => {
  expect(plan({})).toEqual({ usesDevelopmentIssuer: true, seedsDemo: true });
  expect(plan({ LOCALPLUS_SEED: 'none' })).toEqual({ usesDevelopmentIssuer: true, seedsDemo: false });
});

test.each([
  [{ DATABASE_URL: 'postgresql://db/localplus' }, 'DATABASE_URL is set'],
  [{ NODE_ENV: 'production' }, 'NODE_ENV is production'],
  [{ BIND_ADDRESS: '0.0.0.0' }, 'BIND_ADDRESS 0.0.0.0 is not loopback'],
])('the development issuer stays off where anything says production: %o', (environment, reason) => {
  expect(() => plan(environment)).toThrow(`${reason}, so the development issuer stays off: set OIDC_ISSUER`);
  expect(plan({ ...environment, ...issuer })).toEqual({
    usesDevelopmentIssuer: false,
    seedsDemo: false,
  });
});

test('half of an issuer is refused with what is missing', () => {
  expect(() => plan({ OIDC_ISSUER: 'https://login.example' })).toThrow('set OIDC_AUDIENCE and OIDC_JWKS_URL too');
});

test('a demo that cannot be seeded is refused, not left out in silence', () => {
  expect(() => plan({ ...issuer, LOCALPLUS_SEED: 'demo' })).toThrow('LOCALPLUS_SEED=none');
});

test('every wrong variable is named at once', () => {
  expect(() => readSettings({ GATEWAY_PORT: '70000', LOCALPLUS_SEED: 'yes', POSTGRES_PORT: '0' })).toThrow(
    /LOCALPLUS_SEED.*GATEWAY_PORT.*POSTGRES_PORT/,
  );
});
