import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { claimPorts, planPorts } from './ports.ts';
import { readSettings } from './settings.ts';

const issuer = { usesDevelopmentIssuer: true, startsKafka: false };

test('an installation with its own database and issuer listens on nine ports', () => {
  expect(planPorts(readSettings({}), issuer).map(({ port }) => port)).toEqual([
    4000, 4103, 4203, 4101, 4201, 4102, 4202, 5439, 4010,
  ]);
});

test('no port is kept for what runs elsewhere', () => {
  const settings = readSettings({ DATABASE_URL: 'postgresql://db/localplus', OIDC_ISSUER: 'https://login.example' });
  const variables = planPorts(settings, { usesDevelopmentIssuer: false, startsKafka: false }).map(
    ({ variable }) => variable,
  );
  expect(variables).not.toContain('POSTGRES_PORT');
  expect(variables).not.toContain('DEVELOPMENT_ISSUER_PORT');
});

test('one port for two purposes is refused', async () => {
  const ports = planPorts(readSettings({ WALLET_GRPC_PORT: '4000' }), issuer);
  await expect(claimPorts(ports)).rejects.toThrow(
    'Port 4000, wanted for wallet (gRPC), is taken by the gateway (GATEWAY_PORT): set WALLET_GRPC_PORT to a free port.',
  );
});

test('a port that another program holds is refused with its purpose and its variable', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    const gateway = { variable: 'GATEWAY_PORT', purpose: 'the gateway', port, address: '127.0.0.1' } as const;
    await expect(claimPorts([gateway])).rejects.toThrow(
      `Port ${port}, wanted for the gateway, is taken by another program: set GATEWAY_PORT to a free port.`,
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
