export { type EventBusAddress, readEventBusAddress } from './event-bus-address.ts';
export { openDeadLetterOffice } from './open-dead-letter-office.ts';
