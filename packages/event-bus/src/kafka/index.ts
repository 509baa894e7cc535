export type { KafkaConnection, KafkaSasl, KafkaTls } from './connection.ts';
export { createKafkaEventBus, type KafkaEventBusSettings } from './create-kafka-event-bus.ts';
export { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
export { type KeptDeadLetter, readDeadLetters } from './dead-letters.ts';
export type { TopicPolicy } from './declare-topics.ts';
export type { Watchdog } from './watchdog.ts';
