import { earn } from '../commands/earn.ts';

export const write = earn;
