import type { Consumer } from 'kafkajs';

export type Feed = Consumer;
