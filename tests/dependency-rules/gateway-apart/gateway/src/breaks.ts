import type { start } from '../../subgraphs/ledger/src/main.ts';

export type Ledger = typeof start;
