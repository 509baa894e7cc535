import type { start } from '../../ledger/src/main.ts';

export type Ledger = typeof start;
