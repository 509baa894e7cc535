import { test } from 'vitest';
import { publish } from './publisher.ts';

test('publishes', () => publish());
