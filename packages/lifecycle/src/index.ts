export { HealthState } from './health-state.ts';
export { Resources } from './resources.ts';
export { runProcess } from './run-process.ts';
