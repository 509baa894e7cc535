export { appendToOutbox, type TransactionClient } from './append-to-outbox.ts';
export {
  createOutboxPublisher,
  type OutboxPublisher,
  type OutboxPublisherSettings,
} from './create-outbox-publisher.ts';
export { observeOutbox } from './observe-outbox.ts';
export type { OutboxEvent } from './outbox-event.ts';
export type { OutboxLag } from './outbox-table.ts';
export { forgetRecorded, recordEachOnce, recordOnce } from './record-once.ts';
