import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KafkaConnection, KafkaSasl, KafkaTls } from '../kafka/index.ts';
import type { Complain, Variables } from './variables.ts';

type FileVariable = Extract<keyof Variables, `${string}_FILE`>;

/** Reads how one is let in to Kafka: certificates, name and password, and the files that hold them. */
export function readKafkaAccess(read: Variables, complain: Complain): Pick<KafkaConnection, 'tls' | 'sasl'> {
  const readNamed = (variable: FileVariable): string | undefined => {
    const path = read[variable];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
      complain(variable, `names a file that cannot be read (${reason})`);
      return undefined;
    }
  };
  const tls = readTls(read, complain, readNamed);
  const sasl = readSasl(read, complain, readNamed);
  if (sasl?.mechanism === 'plain' && !tls)
    complain('KAFKA_SASL_MECHANISM', 'plain sends the password as it is: only with KAFKA_TLS or KAFKA_TLS_CA_FILE');
  return { ...(tls && { tls }), ...(sasl && { sasl }) };
}

type ReadNamed = (variable: FileVariable) => string | undefined;

function readTls(read: Variables, complain: Complain, readNamed: ReadNamed): KafkaTls | undefined {
  const named = (['KAFKA_TLS_CA_FILE', 'KAFKA_TLS_CERTIFICATE_FILE', 'KAFKA_TLS_KEY_FILE'] as const).filter(
    (variable) => read[variable] !== undefined,
  );
  if (read.KAFKA_TLS === false && named.length > 0) complain('KAFKA_TLS', `is false, but ${named.join(', ')} is set`);
  if (read.KAFKA_TLS_CERTIFICATE_FILE !== undefined && read.KAFKA_TLS_KEY_FILE === undefined)
    complain('KAFKA_TLS_KEY_FILE', 'is needed with KAFKA_TLS_CERTIFICATE_FILE');
  if (read.KAFKA_TLS_KEY_FILE !== undefined && read.KAFKA_TLS_CERTIFICATE_FILE === undefined)
    complain('KAFKA_TLS_CERTIFICATE_FILE', 'is needed with KAFKA_TLS_KEY_FILE');
  const texts = named.map((variable) => ({ variable, text: readNamed(variable) }));
  const garbled = texts.filter(({ text }) => text !== undefined && !text.includes('-----BEGIN '));
  for (const { variable } of garbled) complain(variable, 'names a file that is not PEM');
  if (read.KAFKA_TLS !== true && named.length === 0) return undefined;

  const textOf = (variable: FileVariable) => texts.find((it) => it.variable === variable)?.text;
  const [certificate, key] = [textOf('KAFKA_TLS_CERTIFICATE_FILE'), textOf('KAFKA_TLS_KEY_FILE')];
  if (garbled.length === 0 && certificate !== undefined && key !== undefined) checkPair(certificate, key, complain);
  return { ca: textOf('KAFKA_TLS_CA_FILE'), certificate, key };
}

/** A key that belongs to another certificate is told here, and not first by a broker. */
function checkPair(certificate: string, key: string, complain: Complain): void {
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return;
    complain('KAFKA_TLS_KEY_FILE', 'is the key of another certificate than KAFKA_TLS_CERTIFICATE_FILE');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    complain('KAFKA_TLS_CERTIFICATE_FILE', `and KAFKA_TLS_KEY_FILE cannot be used: ${reason}`);
  }
}

function readSasl(read: Variables, complain: Complain, readNamed: ReadNamed): KafkaSasl | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = read;
  const { KAFKA_SASL_PASSWORD: given, KAFKA_SASL_PASSWORD_FILE: file } = read;
  if (mechanism === undefined && username === undefined && given === undefined && file === undefined) return undefined;
  if (mechanism === undefined) complain('KAFKA_SASL_MECHANISM', 'is needed with a name and a password');
  if (username === undefined) complain('KAFKA_SASL_USERNAME', 'is needed with the other KAFKA_SASL variables');
  if (given === undefined && file === undefined)
    complain('KAFKA_SASL_PASSWORD', 'or KAFKA_SASL_PASSWORD_FILE is needed with the other KAFKA_SASL variables');
  if (given !== undefined && file !== undefined)
    complain('KAFKA_SASL_PASSWORD', 'and KAFKA_SASL_PASSWORD_FILE are both set: which one?');
  const password = given ?? readNamed('KAFKA_SASL_PASSWORD_FILE')?.trimEnd();
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}
