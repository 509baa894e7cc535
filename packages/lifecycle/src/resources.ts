import type { Logger } from '@localplus/logging';

interface Resource {
  name: string;
  stop: () => Promise<unknown> | unknown;
}

/** What a process has opened, stopped in the reverse order: a thing is stopped before what it stands on. */
export class Resources {
  #opened: Resource[] = [];
  #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Notes how something that was just opened is closed, and hands it back. */
  use<Value>(name: string, value: Value, stop: (value: Value) => Promise<unknown> | unknown): Value {
    this.#opened.push({ name, stop: () => stop(value) });
    return value;
  }

  /** Stops everything. One resource that cannot be stopped does not keep the others open; it is logged. */
  async stopAll(): Promise<void> {
    for (let resource = this.#opened.pop(); resource; resource = this.#opened.pop()) {
      try {
        await resource.stop();
      } catch (error) {
        this.#logger.error({ err: error, resource: resource.name }, 'a resource could not be stopped');
      }
    }
  }
}

/**
 * Opens what belongs together. Where something of it cannot be opened, what was opened before is closed again.
 * @throws what `open` throws
 */
export async function openTogether<Opened>(
  logger: Logger,
  open: (resources: Resources) => Promise<Opened>,
): Promise<Opened> {
  const resources = new Resources(logger);
  try {
    return await open(resources);
  } catch (error) {
    await resources.stopAll();
    throw error;
  }
}
