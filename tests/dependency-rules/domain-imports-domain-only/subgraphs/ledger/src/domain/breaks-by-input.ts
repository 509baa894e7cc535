import { readFileSync } from 'node:fs';

export const terms = () => readFileSync('terms', 'utf8');
