export { publish } from './publishers.ts';
