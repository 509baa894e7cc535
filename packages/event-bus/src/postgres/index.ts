export { createPostgresEventBus, type PostgresEventBusSettings } from './create-postgres-event-bus.ts';
