export { eventBusContract } from './event-bus-contract.ts';
export type { ContractHarness, ProcessModule } from './harness.ts';
