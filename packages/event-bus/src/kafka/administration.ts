import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@localplus/logging';
import type { Admin } from 'kafkajs';
import { createClient, type KafkaConnection } from './connection.ts';
import { tellsOfStaleKnowledge } from './kafka-error.ts';
import { ADMINISTRATION_LIMIT_MS, CLIENT_RETRY_FIRST_MS, DISCONNECT_LIMIT_MS } from './limits.ts';
import { withinLimit } from './within-limit.ts';

/**
 * Questions to the cluster. kafkajs's own client for them never asks again who leads a partition, so after a change of
 * leaders it is replaced.
 */
export class Administration {
  readonly #connection: KafkaConnection;
  readonly #logger: Logger;
  #admin: Promise<Admin>;

  private constructor(connection: KafkaConnection, logger: Logger, admin: Admin) {
    this.#connection = connection;
    this.#logger = logger;
    this.#admin = Promise.resolve(admin);
  }

  static async open(connection: KafkaConnection, logger: Logger): Promise<Administration> {
    return new Administration(connection, logger, await connectAdmin(connection, logger));
  }

  /** Asks until there is an answer. @throws what the last attempt failed with, after some seconds */
  async ask<Answer>(question: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    const givesUpAt = performance.now() + ADMINISTRATION_LIMIT_MS;
    for (;;) {
      const asked = this.#admin;
      try {
        return await question(await asked);
      } catch (error) {
        if (!tellsOfStaleKnowledge(error) || performance.now() > givesUpAt) throw error;
        await pause(CLIENT_RETRY_FIRST_MS);
        if (this.#admin === asked) this.#renew(asked);
      }
    }
  }

  async close(): Promise<void> {
    await this.#disconnect(this.#admin);
  }

  #renew(former: Promise<Admin>): void {
    this.#admin = connectAdmin(this.#connection, this.#logger);
    // Who asks next hears of it; until then nobody else may.
    this.#admin.catch((error: unknown) => this.#logger.debug({ err: error }, 'no administration could be connected'));
    this.#disconnect(former).catch((error: unknown) => this.#logger.debug({ err: error }, 'still connected'));
  }

  async #disconnect(client: Promise<Admin>): Promise<void> {
    const disconnected = client.then((admin) => admin.disconnect());
    await withinLimit(disconnected, DISCONNECT_LIMIT_MS, this.#logger, 'closing the administration');
  }
}

async function connectAdmin(connection: KafkaConnection, logger: Logger): Promise<Admin> {
  const admin = createClient(connection, logger).admin();
  await admin.connect();
  return admin;
}
