import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '@localplus/local-kafka';
import { type Certificates, makeCertificates } from './certificates.ts';
import { startTestBroker } from './test-broker.ts';

const user = { name: 'alice', password: 'correct-horse' };

/** A broker with several ways in, each `host:port`. */
export type SecureBroker = {
  /** Without encryption or password. */
  readonly open: string;
  /** TLS with the certificate `ours`, and the user by SCRAM-SHA-512. */
  readonly secure: string;
  /** TLS with the certificate `foreign`, which is for another host. */
  readonly misnamed: string;
  readonly ours: Certificates;
  readonly foreign: Certificates;
  readonly user: typeof user;
  remove(): Promise<void>;
};

/** Starts the broker, with certificates of its own. */
export async function startSecureBroker(): Promise<SecureBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'localplus-certificates-'));
  const [ourFolder, foreignFolder] = [join(folder, 'ours'), join(folder, 'foreign')];
  await Promise.all([mkdir(ourFolder), mkdir(foreignFolder)]);
  const ours = await makeCertificates(ourFolder, '127.0.0.1');
  const foreign = await makeCertificates(foreignFolder, 'kafka.example');
  const [securePort = 0, misnamedPort = 0] = await findFreePorts(2);
  const scram = { 'sasl.enabled.mechanisms': 'SCRAM-SHA-512' };
  const broker = await startTestBroker({
    users: { [user.name]: user.password },
    extraListeners: [
      {
        name: 'SECURE',
        port: securePort,
        protocol: 'SASL_SSL',
        settings: {
          ...withCertificate(ours),
          ...scram,
          'scram-sha-512.sasl.jaas.config': 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
        },
      },
      { name: 'MISNAMED', port: misnamedPort, protocol: 'SSL', settings: withCertificate(foreign) },
    ],
  });
  return {
    open: broker.address,
    secure: `127.0.0.1:${securePort}`,
    misnamed: `127.0.0.1:${misnamedPort}`,
    ours,
    foreign,
    user,
    remove: async () => {
      await broker.remove();
      await rm(folder, { recursive: true });
    },
  };
}

function withCertificate({ serverFile }: Certificates): Record<string, string> {
  return { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': serverFile };
}
