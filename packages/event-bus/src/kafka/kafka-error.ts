import type { KafkaConnection } from './connection.ts';

/** Errors wrap each other a few times at most. */
const causesMax = 8;

/** Answers of a coordinator to a member that is none any more, or whose partitions have gone on. */
const lostMembership = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

/** Answers that mean: ask who leads the partition now, or come back when the broker does. */
const staleKnowledge =
  /^(UNKNOWN_TOPIC_OR_PARTITION|LEADER_NOT_AVAILABLE|NOT_LEADER_FOR_PARTITION|NOT_COORDINATOR_FOR_GROUP|GROUP_COORDINATOR_NOT_AVAILABLE|GROUP_LOAD_IN_PROGRESS|ECONNREFUSED|ECONNRESET|KafkaJSConnection.*|KafkaJSRequestTimeoutError|KafkaJSBrokerNotFound|KafkaJSMetadataNotLoaded|KafkaJSTopicMetadataNotLoaded)$/;

/** What Kafka, kafkajs, or the system called an error, from the outside to its root. */
export function namesOf(error: unknown): string[] {
  const names: string[] = [];
  let current = error;
  for (let depth = 0; depth < causesMax && current instanceof Error; depth += 1) {
    if ('type' in current && typeof current.type === 'string') names.push(current.type);
    if ('code' in current && typeof current.code === 'string') names.push(current.code);
    names.push(current.name);
    current = current.cause;
  }
  return names;
}

/** Whether the one who tried to commit has lost its partitions. */
export function tellsOfLostMembership(error: unknown): boolean {
  return namesOf(error).some((name) => lostMembership.has(name));
}

/** Whether the asker's picture of the cluster is old, or the cluster's own is still forming. */
export function tellsOfStaleKnowledge(error: unknown): boolean {
  return namesOf(error).some((name) => staleKnowledge.test(name));
}

/** An error of a start in one line that says what to change. */
export function explainFailedStart(error: unknown, { brokers, sasl, tls }: KafkaConnection): Error {
  const where = brokers.join(', ');
  const names = namesOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const explained = (text: string): Error => new Error(text, { cause: error });
  if (names.includes('KafkaJSSASLAuthenticationError')) {
    return explained(
      `Kafka at ${where} refused the user "${sasl?.username ?? ''}": check the name, the password and the mechanism`,
    );
  }
  if (names.some((name) => /CERT|SSL|TLS|ALTNAME/.test(name)) || /certificate|altname|ssl|tls/i.test(message)) {
    return explained(`the certificate of Kafka at ${where} was not accepted, or it did not accept ours: ${message}`);
  }
  if (names.some((name) => name.startsWith('KafkaJSConnection') || name === 'KafkaJSBrokerNotFound')) {
    const hint = tls ? 'does it speak TLS on this port?' : 'is it running, and does it expect no TLS on this port?';
    return explained(`no broker of Kafka could be reached at ${where}: ${hint}`);
  }
  return explained(`the event bus could not be opened on Kafka at ${where}: ${message}`);
}
