import { expect, test } from 'vitest';
import { sized } from './proof-plan.ts';
import { seededFaults } from './seeded/faults.ts';
import { type CaughtFault, recordCaughtFaults } from './seeded/report.ts';
import { applyEdit, readOfCheckout, WorkspaceCopy } from './seeded/workspace-copy.ts';

/** A copy of the workspace is made, and a file of tests is run in it for each fault. */
const timeLimitMs = 3_600_000;

test.each(seededFaults)('the fault "$bug" fits the code as it is', async ({ edits, caughtBy }) => {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const before = texts.get(edit.file) ?? (await readOfCheckout(edit.file));
    texts.set(edit.file, applyEdit(before, edit));
    expect(texts.get(edit.file)).not.toBe(before);
  }
  expect(await readOfCheckout(caughtBy.file)).toContain('test');
});

test('a seeded fault makes a test fail that holds without it', { timeout: timeLimitMs }, async () => {
  const copy = await WorkspaceCopy.make();
  const caught: CaughtFault[] = [];
  try {
    // Without a fault every test holds. At smoke size the run that this one is part of shows that.
    const files = new Map(sized({ smoke: [], full: seededFaults }).map(({ caughtBy }) => [caughtBy.file, caughtBy]));
    for (const of of files.values()) expect([of.file, await copy.failuresOf(of)]).toEqual([of.file, []]);
    for (const fault of sized({ smoke: seededFaults.slice(0, 1), full: seededFaults })) {
      await copy.spoil(fault);
      const [test] = await copy.failuresOf(fault.caughtBy);
      await copy.mend(fault);
      process.stdout.write(`${fault.bug}: ${test ?? 'NOT CAUGHT'}\n`);
      expect([fault.bug, test]).toEqual([fault.bug, expect.any(String)]);
      caught.push({ bug: fault.bug, file: fault.caughtBy.file, test: test ?? '' });
    }
  } finally {
    await copy.remove();
  }
  recordCaughtFaults(caught);
});
