export { MissingToolError } from './missing-tool-error.ts';
export { findFreePorts, PortTakenError } from './port.ts';
export type { ExtraListener } from './server-properties.ts';
export { type LocalKafka, type LocalKafkaSettings, startLocalKafka, type UnexpectedExit } from './start-local-kafka.ts';
