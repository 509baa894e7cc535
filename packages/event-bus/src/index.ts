export * from './event.ts';
export * from './event-bus.ts';
export * from './events/access-changed.ts';
export * from './events/balance-changed.ts';
export * from './events/event-values.ts';
export * from './events/merchant-changed.ts';
export * from './events/program-changed.ts';
export * from './json.ts';
