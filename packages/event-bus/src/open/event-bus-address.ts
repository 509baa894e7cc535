import type { KafkaConnection, TopicPolicy } from '../kafka/index.ts';

/** Which bus a process uses, and how it gets in. */
export type EventBusAddress = { readonly validateOnPublish: boolean } & (
  | { readonly kind: 'postgres'; readonly connectionString: string }
  | {
      readonly kind: 'kafka';
      readonly connection: Omit<KafkaConnection, 'clientId'>;
      readonly topicPolicy: TopicPolicy;
      readonly replicationFactor: number | undefined;
    }
);
