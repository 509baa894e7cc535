import type { IHeaders } from 'kafkajs';
import type {
  PauseScope,
  RecordPlace,
  ReleaseAction,
  ReleaseRequest,
  SetAsideRecord,
} from '../dead-letters/set-aside-record.ts';
import type { EventHeaders } from '../event.ts';
import type { StoredRecord } from '../stored-record.ts';
import { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
import { DEAD_LETTER_VALUE_BYTES_MAX } from './limits.ts';
import type { OutgoingRecord } from './outgoing-record.ts';

/** What a message of the topic of dead letters says. The newest of a name is what holds. */
export type DeadLetterMessage =
  | { readonly name: string; readonly kind: 'set aside'; readonly record: SetAsideRecord }
  | { readonly name: string; readonly kind: 'request'; readonly request: ReleaseRequest }
  | { readonly name: string; readonly kind: 'gone' };

const prefix = 'localplus-dead-letter-';

/** The same record has the same name: however often it is kept, compaction keeps one. */
function nameOf({ consumer, topic, partition, offset }: RecordPlace): string {
  return `${consumer}/${topic}/${partition}/${offset}`;
}

function requestNameOf(place: RecordPlace): string {
  return `request/${nameOf(place)}`;
}

/** A record as it was, with where it stood and why it is here in further headers. */
export function setAsideMessage(record: SetAsideRecord): OutgoingRecord {
  const { time, reason } = record;
  const notes = { ...placeNotes(record), time: time.toISOString(), ...(reason !== undefined && { reason }) };
  return messageOf(nameOf(record), cut(record.value), { ...record.headers, ...asHeaders(notes) });
}

/** What an operator asks for. */
export function requestMessage(request: ReleaseRequest): OutgoingRecord {
  return messageOf(requestNameOf(request), '', asHeaders({ ...placeNotes(request), action: request.action }));
}

/** Forgets a record. */
export function removalMessage(place: RecordPlace): OutgoingRecord {
  return messageOf(nameOf(place), null, {});
}

/** Forgets a request. */
export function finishMessage(place: RecordPlace): OutgoingRecord {
  return messageOf(requestNameOf(place), null, {});
}

/** Reads what the others write. */
export function readDeadLetterMessage({ key: name, value, headers }: StoredRecord): DeadLetterMessage {
  const note = (of: string): string => headers[`${prefix}${of}`] ?? '';
  if (note('consumer') === '') return { name, kind: 'gone' };
  const place = {
    consumer: note('consumer'),
    topic: note('topic'),
    partition: Number(note('partition')),
    offset: BigInt(note('offset')),
    key: note('key'),
    scope: scopeOf(note('scope')),
  };
  const action = actionOf(note('action'));
  if (action) return { name, kind: 'request', request: { ...place, action } };
  const reason = headers[`${prefix}reason`];
  const own = Object.entries(headers).filter(([header]) => !header.startsWith(prefix));
  const record = { ...place, value, headers: Object.fromEntries(own), time: new Date(note('time')), reason };
  return { name, kind: 'set aside', record };
}

function messageOf(key: string, value: string | null, headers: IHeaders): OutgoingRecord {
  return { topic: DEAD_LETTER_TOPIC, partition: 0, key, value, headers };
}

function placeNotes({ consumer, topic, partition, offset, key, scope }: RecordPlace & { key: string; scope: string }) {
  return { consumer, topic, partition: String(partition), offset: String(offset), key, scope };
}

function asHeaders(notes: EventHeaders): IHeaders {
  return Object.fromEntries(Object.entries(notes).map(([name, note]) => [`${prefix}${name}`, note]));
}

/** A value that no topic of dead letters takes is no event either: its beginning is enough to see what it was. */
function cut(value: string): string {
  if (Buffer.byteLength(value) <= DEAD_LETTER_VALUE_BYTES_MAX) return value;
  return Buffer.from(value).subarray(0, DEAD_LETTER_VALUE_BYTES_MAX).toString('utf8');
}

/** Letters that were stored before there were pauses hold up nothing. */
function scopeOf(note: string): PauseScope {
  return note === 'aggregate' || note === 'replica' ? note : 'record';
}

function actionOf(note: string): ReleaseAction | undefined {
  return note === 'replay' || note === 'discard' ? note : undefined;
}
