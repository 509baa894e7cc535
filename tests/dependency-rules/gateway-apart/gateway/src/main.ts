import { plan } from './plan.ts';

export const start = plan;
