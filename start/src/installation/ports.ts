import { createServer } from 'node:net';
import { subgraphNames } from '../checkout/paths.ts';
import type { Settings } from './settings.ts';

/** A port that an installation listens on. */
export interface PlannedPort {
  /** The variable that sets it. */
  variable: keyof Settings & string;
  /** Who listens there, as a person would say it. */
  purpose: string;
  port: number;
}

/** A port is not to be had; the message says which, for what, and which variable to set. */
export class PortTaken extends Error {
  constructor({ port, purpose, variable }: PlannedPort, by: string) {
    super(`Port ${port}, wanted for ${purpose}, is taken by ${by}: set ${variable} to a free port.`);
    this.name = 'PortTaken';
  }
}

/** Lists every port that an installation with these settings listens on itself. */
export function planPorts(settings: Settings, plan: { usesDevelopmentIssuer: boolean }): PlannedPort[] {
  const ports: PlannedPort[] = [{ variable: 'GATEWAY_PORT', purpose: 'the gateway', port: settings.GATEWAY_PORT }];
  for (const name of subgraphNames) {
    const prefix = name.toUpperCase() as Uppercase<typeof name>;
    ports.push({ variable: `${prefix}_HTTP_PORT`, purpose: `${name} (HTTP)`, port: settings[`${prefix}_HTTP_PORT`] });
    ports.push({ variable: `${prefix}_GRPC_PORT`, purpose: `${name} (gRPC)`, port: settings[`${prefix}_GRPC_PORT`] });
  }
  if (settings.DATABASE_URL === undefined) {
    ports.push({ variable: 'POSTGRES_PORT', purpose: 'PostgreSQL', port: settings.POSTGRES_PORT });
  }
  if (plan.usesDevelopmentIssuer) {
    const port = settings.DEVELOPMENT_ISSUER_PORT;
    ports.push({ variable: 'DEVELOPMENT_ISSUER_PORT', purpose: 'the development issuer', port });
  }
  return ports;
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error),
    );
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Makes sure that every planned port can be had.
 * @param takenBy who probably holds a port that is not free
 * @throws PortTaken for the first one that cannot
 */
export async function claimPorts(ports: PlannedPort[], address: string, takenBy = 'another program'): Promise<void> {
  const seen = new Map<number, PlannedPort>();
  for (const planned of ports) {
    const other = seen.get(planned.port);
    if (other) throw new PortTaken(planned, `${other.purpose} (${other.variable})`);
    seen.set(planned.port, planned);
  }
  const free = await Promise.all(ports.map(({ port }) => isFree(port, address)));
  const taken = ports.find((_, index) => !free[index]);
  if (taken) throw new PortTaken(taken, takenBy);
}
