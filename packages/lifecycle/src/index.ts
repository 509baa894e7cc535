export { HealthState } from './health-state.ts';
export { openTogether, Resources } from './resources.ts';
export { runProcess } from './run-process.ts';
