import { EventEmitter } from 'node:events';
import type { Logger } from '@localplus/logging';
import { Client, escapeIdentifier, type Notification } from 'pg';
import { persist } from '../retry/persist.ts';
import { LISTENER_PING_INTERVAL_MS, LISTENER_TIMEOUT_MS } from './limits.ts';

/** What is announced: new records in partitions of a topic, a changed group, a request of an operator, a connection made again. */
type Announcements = {
  records: [topic: string, partitions: readonly number[]];
  group: [name: string];
  request: [consumer: string];
  connected: [];
};

/** How the listening connection is made. */
export type ListenerSettings = { readonly connectionString: string; readonly name: string; readonly logger: Logger };

/** As `channel_of` of the database names it. */
const channelBytesMax = 63;

/**
 * The connection that hears notifications: of groups and operators always, of records in the topics that somebody here
 * follows. It reconnects by itself; what it missed is for the listeners to look up.
 */
export class Listener extends EventEmitter<Announcements> {
  readonly #settings: ListenerSettings;
  readonly #closing = new AbortController();
  readonly #topics = new Set<string>();
  #client: Client | undefined;
  #session: string | undefined;
  #reconnecting: Promise<void> | undefined;
  #ping: NodeJS.Timeout | undefined;

  private constructor(settings: ListenerSettings) {
    super();
    this.#settings = settings;
    // One per consumer of the process: more than ten is no leak.
    this.setMaxListeners(0);
  }

  /** @throws what the first connection failed with */
  static async open(settings: ListenerSettings): Promise<Listener> {
    const listener = new Listener(settings);
    await listener.#connect();
    listener.#ping = setInterval(() => listener.#checkConnection(), LISTENER_PING_INTERVAL_MS);
    return listener;
  }

  /** Names the session while the connection stands: the sign of life of this process. */
  get session(): string | undefined {
    return this.#session;
  }

  /**
   * Hears of new records in topics from now on. Without a connection it is enough to remember them: the next one listens.
   * @throws when the connection breaks meanwhile
   */
  async follow(topics: readonly string[]): Promise<void> {
    const added = topics.filter((topic) => !this.#topics.has(topic));
    for (const topic of added) this.#topics.add(topic);
    if (this.#client && added.length > 0) await this.#client.query(listenTo(added));
  }

  /** Ends the connection for good. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#ping);
    this.removeAllListeners();
    await this.#reconnecting;
    await this.#client?.end();
  }

  async #connect(): Promise<void> {
    const { connectionString, name } = this.#settings;
    const client = new Client({
      connectionString,
      application_name: `${name} listener`,
      keepAlive: true,
      connectionTimeoutMillis: LISTENER_TIMEOUT_MS,
      query_timeout: LISTENER_TIMEOUT_MS,
    });
    let broken: Error | undefined;
    client.on('error', (error) => {
      broken ??= error;
    });
    client.on('notification', (notification) => this.#announce(notification));
    let hasEnded = false;
    client.once('end', () => {
      hasEnded = true;
      if (this.#client === client) this.#reconnect(broken);
    });
    try {
      await client.connect();
      await client.query('listen bus_groups; listen bus_dead_letters');
      const { rows } = await client.query<{ session: string }>(
        'select session_of(pid, backend_start) as session from pg_stat_activity where pid = pg_backend_pid()',
      );
      // Until none was added meanwhile; from the last look on, `follow` finds the client.
      for (let known = 0; known < this.#topics.size; ) {
        const added = [...this.#topics].slice(known);
        known += added.length;
        await client.query(listenTo(added));
      }
      if (hasEnded) throw new Error('the connection ended at once');
      this.#session = rows[0]?.session;
    } catch (error) {
      await client.end();
      throw error;
    }
    this.#client = client;
    this.emit('connected');
  }

  #reconnect(broken: Error | undefined): void {
    this.#session = undefined;
    this.#client = undefined;
    if (this.#closing.signal.aborted) return;
    this.#settings.logger.warn({ reason: broken?.message }, 'the listening connection broke and is made again');
    this.#reconnecting = persist(() => this.#connect(), {
      signal: this.#closing.signal,
      logger: this.#settings.logger,
      what: 'listening for notifications',
    }).then(() => {
      this.#reconnecting = undefined;
    });
  }

  #checkConnection(): void {
    const client = this.#client;
    client?.query('select 1').catch((error: Error) => {
      this.#settings.logger.warn({ reason: error.message }, 'the listening connection does not answer');
      // An unanswered query is still active: ending then drops the socket without a farewell, and 'end' follows.
      return client.end();
    });
  }

  #announce({ channel, payload = '' }: Notification): void {
    if (channel === 'bus_groups') {
      this.emit('group', payload);
      return;
    }
    if (channel === 'bus_dead_letters') {
      this.emit('request', payload);
      return;
    }
    const separator = payload.lastIndexOf(':');
    this.emit(
      'records',
      payload.slice(0, separator),
      payload
        .slice(separator + 1)
        .split(',')
        .map(Number),
    );
  }
}

function listenTo(topics: readonly string[]): string {
  return topics
    .map((topic) => `listen ${escapeIdentifier(`bus_records_${topic}`.slice(0, channelBytesMax))}`)
    .join('; ');
}
