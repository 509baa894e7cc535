import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An authority of a test's own, and a server that it vouches for. Files are PEM. */
export type Certificates = {
  readonly ca: string;
  readonly caFile: string;
  /** Key and certificate in one file, as Kafka takes them. */
  readonly serverFile: string;
};

/** Makes certificates in a folder, by openssl. @param host the name or address that the server's is for */
export async function makeCertificates(folder: string, host: string): Promise<Certificates> {
  const path = (name: string): string => join(folder, name);
  const openssl = (...parameters: string[]) => run('openssl', parameters);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-keyout', path('ca.key'), '-out', path('ca.pem'), '-subj', '/CN=test CA');
  const kind = /^[\d.]+$/.test(host) ? 'IP' : 'DNS';
  const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=${kind}:${host}`];
  const signed = ['-CA', path('ca.pem'), '-CAkey', path('ca.key')];
  await openssl(
    'req',
    '-x509',
    ...signed,
    ...newKey,
    '-keyout',
    path('server.key'),
    '-out',
    path('server.pem'),
    ...name,
  );
  const parts = await Promise.all(['server.key', 'server.pem'].map((part) => readFile(path(part), 'utf8')));
  await writeFile(path('server-both.pem'), parts.join(''));
  const caFile = path('ca.pem');
  return { ca: await readFile(caFile, 'utf8'), caFile, serverFile: path('server-both.pem') };
}
