import { engineFaults } from './engine-faults.ts';
import type { SeededFault } from './seeded-fault.ts';
import { storeFaults } from './store-faults.ts';

/** The whole set. */
export const seededFaults: readonly SeededFault[] = [...engineFaults, ...storeFaults];
