export type { KafkaConnection, KafkaSasl, KafkaTls } from './connection.ts';
export { createKafkaEventBus, type KafkaEventBusSettings } from './create-kafka-event-bus.ts';
export { openKafkaDeadLetterOffice } from './dead-letter-office.ts';
export { DEAD_LETTER_TOPIC } from './dead-letter-topic.ts';
export type { TopicPolicy } from './declare-topics.ts';
export type { Watchdog } from './watchdog.ts';
