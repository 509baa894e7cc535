export type { EventBusAddress } from './event-bus-address.ts';
export { eventBusVariables, optionalEventBusVariables, readEventBusAddress } from './event-bus-variables.ts';
export { openDeadLetterOffice } from './open-dead-letter-office.ts';
export { type EventBusUser, openEventBus } from './open-event-bus.ts';
export { type ConsumerWatch, watchConsumers } from './watch-consumers.ts';
