export { observeEventBus } from './observe-event-bus.ts';
