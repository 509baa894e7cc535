import { ConfigurationError } from '@localplus/configuration';
import { expect, test } from 'vitest';
import { readMerchantConfiguration } from './config.ts';

const complete = {
  DATABASE_URL: 'postgresql://merchant@127.0.0.1/localplus',
  EVENT_BUS_DATABASE_URL: 'postgresql://bus@127.0.0.1/localplus',
  INTERNAL_KEYS_FILE: '/run/keys.json',
};

test('ports and address have their defaults, and nobody runs the platform unless named', () => {
  expect(readMerchantConfiguration(complete)).toEqual({
    DATABASE_URL: complete.DATABASE_URL,
    INTERNAL_KEYS_FILE: complete.INTERNAL_KEYS_FILE,
    ...{ BIND_ADDRESS: '127.0.0.1', HTTP_PORT: 4103, GRPC_PORT: 4203, PLATFORM_OPERATORS: [] },
    eventBus: { kind: 'postgres', connectionString: complete.EVENT_BUS_DATABASE_URL, validateOnPublish: false },
  });
});

test('platform operators are named by issuer and subject', () => {
  const operators = [{ issuer: 'https://id.example.fr', subject: 'ops' }];
  const PLATFORM_OPERATORS = JSON.stringify(operators);
  expect(readMerchantConfiguration({ ...complete, PLATFORM_OPERATORS }).PLATFORM_OPERATORS).toEqual(operators);
});

test.each(['ops', '{}', '[{"issuer":"a"}]', '[{"issuer":"a|b","subject":"c"}]', '[{"issuer":"a","subject":""}]'])(
  'operators in another form are refused without repeating them: %s',
  (PLATFORM_OPERATORS) => {
    const read = () => readMerchantConfiguration({ ...complete, PLATFORM_OPERATORS });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow('PLATFORM_OPERATORS: must be a JSON array of { "issuer", "subject" }');
  },
);

test('another event bus than there is stops the start', () => {
  expect(() => readMerchantConfiguration({ ...complete, EVENT_BUS: 'carrier-pigeon' })).toThrow(/EVENT_BUS/);
});
