export { backOffMs, pause } from './back-off.ts';
export { type Persistence, persist } from './persist.ts';
export { WakeUp } from './wake-up.ts';
