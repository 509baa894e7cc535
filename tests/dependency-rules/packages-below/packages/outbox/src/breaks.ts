import { createPool } from '../../postgres/src/index.ts';
import { start } from '../../../gateway/src/main.ts';

export const both = [createPool, start];
