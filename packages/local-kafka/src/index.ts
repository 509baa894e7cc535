export type { KafkaNode, UnexpectedExit } from './kafka-node.ts';
export { MissingToolError } from './missing-tool-error.ts';
export { findFreePorts, PortTakenError } from './port.ts';
export type { ExtraListener } from './server-properties.ts';
export { type LocalKafkaSettings, startLocalKafka } from './start-local-kafka.ts';
export {
  type LocalKafkaCluster,
  type LocalKafkaClusterSettings,
  type NodePorts,
  startLocalKafkaCluster,
} from './start-local-kafka-cluster.ts';
