import { findFreePorts } from './free-ports.ts';

/** The variables that set a port, one for each server of the platform. */
export const portVariables = [
  'GATEWAY_PORT',
  'LEDGER_HTTP_PORT',
  'LEDGER_GRPC_PORT',
  'WALLET_HTTP_PORT',
  'WALLET_GRPC_PORT',
  'MERCHANT_HTTP_PORT',
  'MERCHANT_GRPC_PORT',
  'POSTGRES_PORT',
  'DEVELOPMENT_ISSUER_PORT',
  'KAFKA_PORT',
  'KAFKA_CONTROLLER_PORT',
] as const;

/** Which port each server of a platform has. */
export type PlatformPorts = Record<(typeof portVariables)[number], number>;

/** Chooses a free port for each server. */
export async function choosePorts(): Promise<PlatformPorts> {
  const free = await findFreePorts(portVariables.length);
  return Object.fromEntries(portVariables.map((variable, index) => [variable, free[index]])) as PlatformPorts;
}
