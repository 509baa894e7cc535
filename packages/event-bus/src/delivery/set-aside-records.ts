import type { Logger } from '@localplus/logging';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store.ts';
import { letterIdOf } from '../dead-letters/letter-id.ts';
import type { ReleaseRequest, SetAsideRecord } from '../dead-letters/set-aside-record.ts';
import type { DeadLetter } from '../event-bus.ts';
import { REASON_LENGTH_MAX } from '../limits.ts';
import { persist } from '../retry/persist.ts';
import type { StoredRecord } from '../stored-record.ts';

/** Alarms look for it: the `event` of the one log line that tells of a dead letter. */
export const DEAD_LETTER_ALARM = 'event-bus.dead-letter';

/** Whose records, and where they are kept. */
export type SetAsideSettings = {
  readonly consumer: string;
  readonly isReplica: boolean;
  readonly store: DeadLetterStore;
  readonly logger: Logger;
  readonly onDeadLetter: ((deadLetter: DeadLetter) => void) | undefined;
};

/**
 * What a consumer has set aside in a partition while it has it. Every method waits for the store as long as the partition is
 * here; `undefined` or `false` mean that it is not any more.
 */
export class SetAsideRecords {
  readonly #settings: SetAsideSettings;
  /** Of paused keys: the highest offset that is kept. */
  #pauses: Map<string, bigint> | undefined;

  constructor(settings: SetAsideSettings) {
    this.#settings = settings;
  }

  /** Finds out which keys former owners have paused; once. */
  async load(signal: AbortSignal): Promise<boolean> {
    const { isReplica, store } = this.#settings;
    if (isReplica) this.#pauses ??= new Map();
    if (this.#pauses) return true;
    const loaded = await this.#persist(() => store.pauses(), signal, 'reading which keys are paused');
    if (loaded) this.#pauses = new Map(loaded.result);
    return loaded !== undefined;
  }

  isPaused({ key }: StoredRecord): boolean {
    return this.#pauses?.has(key) === true;
  }

  /** Keeps records of paused keys behind their dead letters. Those that a former owner parked are there already. */
  park(records: readonly StoredRecord[], signal: AbortSignal): Promise<boolean> {
    const news = records.filter(({ key, offset }) => offset > (this.#pauses?.get(key) ?? -1n));
    return this.#keep(
      news.map((record) => this.#asSetAside(record, undefined)),
      signal,
    );
  }

  /** Keeps a record that could not be handled and raises the alarm; from now on its key is paused. */
  async bury(record: StoredRecord, problem: string, signal: AbortSignal): Promise<boolean> {
    const reason = problem.replaceAll('\0', '').slice(0, REASON_LENGTH_MAX);
    const buried = this.#asSetAside(record, reason);
    if (!(await this.#keep([buried], signal))) return false;
    const { consumer, logger, onDeadLetter } = this.#settings;
    const { topic, partition, offset, key } = record;
    const deadLetter = { id: letterIdOf(buried), consumer, topic, partition, offset, key, reason };
    const place = { letter: deadLetter.id, topic, partition, offset: offset.toString(), scope: buried.scope };
    logger.error({ event: DEAD_LETTER_ALARM, ...place, reason }, 'a record was set aside as a dead letter');
    onDeadLetter?.(deadLetter);
    return true;
  }

  /** What operators have asked for. */
  async requests(signal: AbortSignal): Promise<readonly ReleaseRequest[] | undefined> {
    const { isReplica, store } = this.#settings;
    if (isReplica) return [];
    const found = await this.#persist(() => store.requests(), signal, 'reading what operators ask for');
    return found?.result;
  }

  /** The next records to release. */
  async read(request: ReleaseRequest, recordsMax: number, signal: AbortSignal) {
    const found = await this.#persist(
      () => this.#settings.store.read(request, recordsMax),
      signal,
      'reading dead letters',
    );
    return found?.result;
  }

  async remove(records: readonly SetAsideRecord[], signal: AbortSignal): Promise<boolean> {
    if (records.length === 0) return true;
    const { store } = this.#settings;
    return (await this.#persist(() => store.remove(records), signal, 'removing dead letters')) !== undefined;
  }

  /** Forgets a request; and its key goes on, unless something of it is still there. */
  async finish(request: ReleaseRequest, isReleased: boolean, signal: AbortSignal): Promise<boolean> {
    const { store } = this.#settings;
    if (isReleased && request.scope === 'aggregate') this.#pauses?.delete(request.key);
    return (await this.#persist(() => store.finish(request), signal, 'finishing a release')) !== undefined;
  }

  async #keep(records: readonly SetAsideRecord[], signal: AbortSignal): Promise<boolean> {
    if (records.length === 0) return true;
    const kept = await this.#persist(() => this.#settings.store.keep(records), signal, 'storing dead letters');
    if (!kept?.result) return false;
    for (const { key, offset, scope } of records) {
      if (scope === 'aggregate' && offset > (this.#pauses?.get(key) ?? -1n)) this.#pauses?.set(key, offset);
    }
    return true;
  }

  #asSetAside(record: StoredRecord, reason: string | undefined): SetAsideRecord {
    const { consumer, isReplica } = this.#settings;
    const ofGroup = record.key === '' ? 'record' : 'aggregate';
    return { ...record, consumer, reason, scope: isReplica ? 'replica' : ofGroup };
  }

  #persist<Result>(work: () => Promise<Result>, signal: AbortSignal, what: string) {
    return persist(work, { signal, logger: this.#settings.logger, what });
  }
}
