export { createOutboxSchema, type OutboxSchema, testTopic, testTopics } from './outbox-schema.ts';
