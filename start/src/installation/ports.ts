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
  address: string;
}

/** Only the gateway is for others; the rest of the house talks on the loopback interface. */
export const loopback = '127.0.0.1';

/** A port is not to be had; the message says which, for what, and which variable to set. */
export class PortTaken extends Error {
  constructor({ port, purpose, variable }: PlannedPort, by: string) {
    super(`Port ${port}, wanted for ${purpose}, is taken by ${by}: set ${variable} to a free port.`);
    this.name = 'PortTaken';
  }
}

/** Lists every port that an installation with these settings listens on itself. */
export function planPorts(
  settings: Settings,
  plan: { usesDevelopmentIssuer: boolean; startsKafka: boolean },
): PlannedPort[] {
  const gateway = { purpose: 'the gateway', port: settings.GATEWAY_PORT, address: settings.BIND_ADDRESS };
  const ports: PlannedPort[] = [{ variable: 'GATEWAY_PORT', ...gateway }];
  const add = (variable: PlannedPort['variable'], purpose: string, port: number) =>
    ports.push({ variable, purpose, port, address: loopback });
  for (const name of subgraphNames) {
    const prefix = name.toUpperCase() as Uppercase<typeof name>;
    add(`${prefix}_HTTP_PORT`, `${name} (HTTP)`, settings[`${prefix}_HTTP_PORT`]);
    add(`${prefix}_GRPC_PORT`, `${name} (gRPC)`, settings[`${prefix}_GRPC_PORT`]);
  }
  if (settings.DATABASE_URL === undefined) add('POSTGRES_PORT', 'PostgreSQL', settings.POSTGRES_PORT);
  if (plan.startsKafka) {
    add('KAFKA_PORT', 'Kafka', settings.KAFKA_PORT);
    add('KAFKA_CONTROLLER_PORT', "Kafka's controller", settings.KAFKA_CONTROLLER_PORT);
  }
  if (plan.usesDevelopmentIssuer) {
    add('DEVELOPMENT_ISSUER_PORT', 'the development issuer', settings.DEVELOPMENT_ISSUER_PORT);
  }
  return ports;
}

function isFree({ port, address }: PlannedPort): Promise<boolean> {
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
export async function claimPorts(ports: PlannedPort[], takenBy = 'another program'): Promise<void> {
  const seen = new Map<number, PlannedPort>();
  for (const planned of ports) {
    const other = seen.get(planned.port);
    if (other) throw new PortTaken(planned, `${other.purpose} (${other.variable})`);
    seen.set(planned.port, planned);
  }
  const free = await Promise.all(ports.map(isFree));
  const taken = ports.find((_, index) => !free[index]);
  if (taken) throw new PortTaken(taken, takenBy);
}
