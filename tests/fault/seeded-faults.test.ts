import { expect, test } from 'vitest';
import { type SeededFault, withFault } from './seeded/seeded-fault.ts';
import { seededFaults } from './seeded/seeded-faults.ts';
import { readSource } from './seeded/workspace-copy.ts';

test('every fault of the set still fits the code that it is to spoil', () => {
  for (const fault of seededFaults) expect(withFault(readSource(fault.file), fault)).not.toBe(readSource(fault.file));
  expect(new Set(seededFaults.map(({ name }) => name)).size).toBe(seededFaults.length);
});

test('a fault whose code has moved on is told, never left out in silence', () => {
  const fault: SeededFault = {
    ...{ name: 'none', defect: 'none', file: 'package.json', caughtBy: { project: 'unit', file: '', test: '' } },
    changes: [{ find: 'a text that stands nowhere', replace: '' }],
  };
  expect(() => withFault(readSource(fault.file), fault)).toThrow('fits package.json in 0 places');
});
