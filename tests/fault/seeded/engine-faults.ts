import type { SeededFault } from './seeded-fault.ts';

const engine = 'subgraphs/ledger/src/domain/engine';
const model = {
  project: 'unit',
  file: `${engine}/model.test.ts`,
  test: 'the rules do with lots what a model does with single points',
} as const;

/** Faults of the rules, which need no database to be seen. */
export const engineFaults: readonly SeededFault[] = [
  {
    name: 'hold not counted',
    defect: 'what a hold reserves can still be spent',
    seenAs: '1',
    file: `${engine}/entry.ts`,
    changes: [
      {
        find: 'change(from.state, assetId, debit.part, -amount);',
        replace: "if (name !== 'hold') change(from.state, assetId, debit.part, -amount);",
      },
    ],
    caughtBy: model,
  },
  {
    name: 'double capture',
    defect: 'a hold that was captured can be captured again',
    seenAs: '2',
    file: `${engine}/holds.ts`,
    changes: [{ find: '  hold.held -= captured;\n', replace: '' }],
    caughtBy: model,
  },
  {
    name: 'refund without an end',
    defect: 'refunds of one spending give back more, in all, than it spent',
    seenAs: '2',
    file: `${engine}/give-back.ts`,
    changes: [{ find: 'return spent - givenBackBy(state, original);', replace: 'return spent;' }],
    caughtBy: model,
  },
  {
    name: 'refund to the wrong lot',
    defect: 'a refund gives back to the lot that was taken from first, not to the one that was taken from last',
    seenAs: '12',
    file: `${engine}/give-back.ts`,
    changes: [
      {
        find: 'of spentBy(state, original.transaction).toReversed()',
        replace: 'of spentBy(state, original.transaction)',
      },
    ],
    caughtBy: model,
  },
  {
    name: 'expired value revived',
    defect: 'a refund to a lot that has ended leaves the value spendable for ever',
    seenAs: '15',
    file: `${engine}/give-back.ts`,
    changes: [
      {
        find: '  dueNotAfter(state, batch.at);\n  if (graceDays === 0) return lot;',
        replace: '  if (graceDays === 0) return lot;',
      },
    ],
    caughtBy: model,
  },
  {
    name: 'expiry at the wrong instant',
    defect: 'a lot can still be spent at the very instant at which it has ended',
    seenAs: '15',
    file: 'subgraphs/ledger/src/domain/lot.ts',
    changes: [{ find: 'return end !== undefined && end <= at;', replace: 'return end !== undefined && end < at;' }],
    caughtBy: model,
  },
  {
    name: 'earning reversed twice',
    defect: 'a purchase whose earning was reversed can be returned all the same',
    seenAs: '13',
    file: `${engine}/returns.ts`,
    changes: [
      {
        find: "  if (original.later.some(({ kind }) => kind === 'REVERSAL')) return { status: 'ALREADY_REVERSED' };\n",
        replace: '',
      },
    ],
    caughtBy: model,
  },
  {
    name: 'points kept after a return',
    defect: 'what was spent already is never taken back, whatever the program says',
    seenAs: '13',
    file: `${engine}/take-back.ts`,
    changes: [{ find: 'UNLIMITED: missing,', replace: 'UNLIMITED: 0n,' }],
    caughtBy: model,
  },
  {
    name: 'version left out',
    defect: 'a transaction of two holders raises the version of one',
    seenAs: '8',
    file: `${engine}/entry.ts`,
    changes: [{ find: '      state.version += 1n;', replace: '      if (index === 0) state.version += 1n;' }],
    caughtBy: model,
  },
];
