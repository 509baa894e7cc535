export { publish } from './publisher.ts';
