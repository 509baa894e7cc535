import type { Logger } from '@localplus/logging';
import type { SubgraphAddresses } from './subgraph-addresses.ts';
import { SubgraphSource } from './subgraph-source.ts';

/** The connections to all subgraphs. They outlive a reload of the supergraph. */
export class SubgraphSources {
  readonly #addresses: SubgraphAddresses;
  readonly #logger: Logger;
  readonly #sources = new Map<string, SubgraphSource>();

  constructor(addresses: SubgraphAddresses, logger: Logger) {
    this.#addresses = addresses;
    this.#logger = logger;
  }

  /** @throws when the configuration names no address for the subgraph */
  of(subgraph: string): SubgraphSource {
    let source = this.#sources.get(subgraph);
    if (!source) {
      const address = this.#addresses.get(subgraph);
      if (!address) throw new Error(`SUBGRAPH_URLS names no address for the subgraph ${subgraph}.`);
      source = new SubgraphSource(subgraph, address, this.#logger);
      this.#sources.set(subgraph, source);
    }
    return source;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
  }
}
