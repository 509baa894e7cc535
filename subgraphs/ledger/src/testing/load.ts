/** What the benchmark of the ledger stands on: its writer, and the reads that its GraphQL fields do. */
export type { OperationRequest } from '../domain/operation.ts';
export { listTransactions } from '../queries/list-transactions.ts';
export { readBalanceChanges } from '../queries/read-balance-changes.ts';
export { createHolderDirectory, type FindHolder, rememberedHoldersMax } from '../store/holder-directory.ts';
export { PostingWriter, writerSlots } from '../store/posting-writer.ts';
export { createPrisma } from '../store/prisma.ts';
export { loadTemplates } from '../store/template-rows.ts';
