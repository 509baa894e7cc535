import type { Logger } from '@localplus/logging';
import type { ClientErrors } from '../errors/client-errors.ts';
import { balanceChanged } from '../subscriptions/balance-changed.ts';
import { Subscriptions } from '../subscriptions/subscriptions.ts';
import type { SubgraphSources } from '../supergraph/subgraph-sources.ts';
import { loadSupergraph, type Supergraph } from '../supergraph/supergraph.ts';
import { Documents } from './documents.ts';

/** A supergraph with everything that was prepared for it. */
export interface Generation {
  readonly supergraph: Supergraph;
  readonly documents: Documents;
  readonly subscriptions: Subscriptions;
}

interface GenerationsOptions {
  sources: SubgraphSources;
  errors: ClientErrors;
  logger: Logger;
}

/**
 * The supergraph that new requests meet, and its successors. A request keeps the one it began with to its end, so a
 * reload fails none; live subscriptions end, because their documents were checked against the old schema.
 */
export class Generations {
  readonly #options: GenerationsOptions;
  #current: Generation | undefined;
  /** Loads take turns: of two changes in a row the later one stays. */
  #loaded: Promise<unknown> = Promise.resolve();

  constructor(options: GenerationsOptions) {
    this.#options = options;
  }

  /** @throws Error before the first `load` */
  get current(): Generation {
    if (!this.#current) throw new Error('No supergraph is loaded.');
    return this.#current;
  }

  /**
   * Loads a composed supergraph and lets new requests meet it. One that says the same changes nothing.
   * @throws when it cannot be served; the current one stays
   */
  load(text: string): Promise<void> {
    const loading = this.#load(text, this.#loaded);
    this.#loaded = Promise.allSettled([loading]);
    return loading;
  }

  /** Ends every subscription. */
  close(): void {
    this.#current?.subscriptions.endAll();
  }

  async #load(text: string, before: Promise<unknown>): Promise<void> {
    await before;
    const previous = this.#current;
    if (text === previous?.supergraph.text) return;
    const { sources, errors, logger } = this.#options;
    const supergraph = await loadSupergraph({ text, logger, sourceOf: (name) => sources.of(name) });
    this.#current = {
      supergraph,
      documents: new Documents(supergraph),
      subscriptions: new Subscriptions({ supergraph, sources, fields: [balanceChanged], errors, logger }),
    };
    previous?.subscriptions.endAll();
    if (previous) logger.info('the supergraph was loaded again');
  }
}
