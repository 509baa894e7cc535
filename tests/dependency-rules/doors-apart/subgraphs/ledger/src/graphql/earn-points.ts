import { earn } from '../commands/earn.ts';
import { text } from './scalar.ts';

export const resolve = () => text(earn());
