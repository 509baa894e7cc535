import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout, absolute. */
export const checkoutFolder = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The subgraphs of the house, in the order in which they are started. */
export const subgraphNames = ['merchant', 'ledger', 'wallet'] as const;

/** Name of a subgraph. */
export type SubgraphName = (typeof subgraphNames)[number];
