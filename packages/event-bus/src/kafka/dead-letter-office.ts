import type { Logger } from '@localplus/logging';
import { type DeadLetterOffice, type KeptDeadLetter, ReleaseRefused } from '../dead-letters/dead-letter-office.ts';
import { letterIdOf } from '../dead-letters/letter-id.ts';
import type { ReleaseAction, ReleaseRequest, SetAsideRecord } from '../dead-letters/set-aside-record.ts';
import type { KafkaConnection } from './connection.ts';
import { finishMessage, removalMessage, requestMessage } from './dead-letter-messages.ts';
import { Publisher } from './publisher.ts';
import { readDeadLetterTopic } from './read-dead-letter-topic.ts';

/**
 * Looks at the dead letters on Kafka.
 * @param connection with the right to read and write the topic of dead letters, and to join groups `<clientId>.dead-letters.…`
 */
export function openKafkaDeadLetterOffice(connection: KafkaConnection, logger: Logger): DeadLetterOffice {
  let publisher: Promise<Publisher> | undefined;
  const publish: Publisher['publish'] = async (records) => {
    publisher ??= Publisher.open(connection, logger);
    await (await publisher).publish(records);
  };
  return {
    letters: () => readLetters(connection, logger),
    request: async (letter, action) => {
      if (letter.scope !== 'replica') return publish([requestMessage({ ...letter, action })]);
      if (action === 'replay')
        throw new ReleaseRefused(`${letter.id} is of a consumer that every replica is: no replay`);
      // Nothing waits behind it, and no single process has it.
      return publish([removalMessage(letter), finishMessage(letter)]);
    },
    close: async () => {
      await (await publisher)?.close();
    },
  };
}

/** Of an aggregate the first record is the letter; the others are parked behind it. */
async function readLetters(connection: KafkaConnection, logger: Logger): Promise<KeptDeadLetter[]> {
  const records = new Map<string, SetAsideRecord>();
  const requests = new Map<string, ReleaseRequest>();
  await readDeadLetterTopic(connection, logger, (message) => {
    if (message.kind === 'request') requests.set(message.name, message.request);
    // What is parked is only counted.
    if (message.kind === 'set aside') records.set(message.name, withoutParkedValue(message.record));
    if (message.kind !== 'gone') return;
    records.delete(message.name);
    requests.delete(message.name);
  });
  const requested = new Map([...requests.values()].map((request) => [aggregateOf(request), request.action]));
  const inOrder = [...records.values()].sort((a, b) => Number(a.offset - b.offset));
  const letters = [...Map.groupBy(inOrder, aggregateOf)].flatMap(([aggregate, [first, ...parked]]) =>
    first ? [letterOf(first, parked.length, requested.get(aggregate))] : [],
  );
  return letters.sort(byPlace);
}

function withoutParkedValue(record: SetAsideRecord): SetAsideRecord {
  return record.reason === undefined ? { ...record, value: '' } : record;
}

function aggregateOf({ consumer, topic, partition, offset, key, scope }: SetAsideRecord | ReleaseRequest): string {
  const which = scope === 'aggregate' ? ['key', key] : ['offset', offset.toString()];
  return JSON.stringify([consumer, topic, partition, ...which]);
}

function letterOf(record: SetAsideRecord, parked: number, requested: ReleaseAction | undefined): KeptDeadLetter {
  const reason = record.reason ?? 'parked behind a record that is gone';
  return { ...record, id: letterIdOf(record), reason, parked, requested };
}

function byPlace(a: KeptDeadLetter, b: KeptDeadLetter): number {
  const [one, other] = [a, b].map(({ consumer, topic, partition }) => JSON.stringify([consumer, topic, partition]));
  return (one ?? '').localeCompare(other ?? '') || Number(a.offset - b.offset);
}
