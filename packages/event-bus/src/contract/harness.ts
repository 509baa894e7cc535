import type { DeadLetterOffice } from '../dead-letters/dead-letter-office.ts';
import type { EventBus } from '../event-bus.ts';
import type { JsonObject } from '../json.ts';
import type { StoredRecord } from '../stored-record.ts';
import type { TopicDeclaration } from '../topics.ts';

/** What an adapter brings to be tried: a server of its own, and ways to look into it and to disturb it. */
export type ContractHarness = {
  /** Opens a bus as a process of its own would. The suite closes it. */
  open(topics: readonly TopicDeclaration[]): Promise<EventBus>;
  /** A module whose `openBus(settings, topics)` does the same inside a process that the suite starts and kills. */
  readonly process: { readonly module: string; readonly settings: JsonObject };
  /** Puts a record into the log as a publisher of another kind could: no check is made. */
  appendRaw(record: Pick<StoredRecord, 'topic' | 'partition' | 'key' | 'value' | 'headers'>): Promise<void>;
  /** Opens what operators use. The suite closes it. */
  openOffice(): DeadLetterOffice;
  /** Removes what compaction and retention allow, now. */
  maintain(): Promise<void>;
  /** Cuts every connection, as a server does that is restarted. */
  interrupt(): Promise<void>;
};

/** What the module of `ContractHarness.process` exports. */
export type ProcessModule = {
  openBus(settings: JsonObject, topics: readonly TopicDeclaration[]): Promise<EventBus>;
};
