export { createPostgresEventBus, type PostgresEventBusSettings } from './create-postgres-event-bus.ts';
export { openPostgresDeadLetterOffice } from './dead-letter-office.ts';
