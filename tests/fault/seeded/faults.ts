const engine = 'subgraphs/ledger/src/domain/engine';
const store = 'subgraphs/ledger/src/store';
const lockBatch = 'prisma/ledger/migrations/20261123100400_lock_batch/migration.sql';
const writeBatch = 'prisma/ledger/migrations/20261123100500_write_batch/migration.sql';

const model = { project: 'unit', file: `${engine}/model.test.ts` } as const;
const defects = { project: 'integration', file: `${store}/defects.integration.test.ts` } as const;
const races = { project: 'integration', file: `${store}/run-batch-races.integration.test.ts` } as const;
const batches = { project: 'integration', file: `${store}/run-batch.integration.test.ts` } as const;

/** A change of a file. What is looked for is short, and stands there once: where the code has moved, that is told. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

/** A bug that ledgers had, put into ours. */
export interface SeededFault {
  bug: string;
  edits: readonly Edit[];
  /** The tests of which one must fail. */
  caughtBy: { project: 'unit' | 'integration'; file: string };
}

const holderLock = 'PERFORM FROM holder h WHERE h.id = ANY (holder_ids) ORDER BY h.id FOR NO KEY UPDATE;';
const afterKeysAreRead = '  IF cardinality(original_ids) > 0 THEN\n';

/** Every seeded fault: each makes one of its tests fail. */
export const seededFaults: readonly SeededFault[] = [
  {
    bug: 'what is held counts as available',
    edits: [
      {
        file: `${engine}/spend.ts`,
        find: 'const spendable = spendableOf(partsOf(state, assetId));',
        replace: 'const spendable = spendableOf(partsOf(state, assetId)) + partsOf(state, assetId).HELD;',
      },
    ],
    caughtBy: model,
  },
  {
    bug: 'a refund goes to another of the lots that were spent from',
    edits: [
      {
        file: `${engine}/give-back.ts`,
        find: 'spentBy(state, original.transaction).toReversed()',
        replace: 'spentBy(state, original.transaction)',
      },
    ],
    caughtBy: model,
  },
  {
    bug: 'a lot can still be spent at the instant of its end',
    edits: [
      {
        file: 'subgraphs/ledger/src/domain/lot.ts',
        find: 'end !== undefined && end <= at',
        replace: 'end !== undefined && end < at',
      },
    ],
    caughtBy: model,
  },
  {
    bug: 'a hold that was captured can be captured again',
    edits: [{ file: `${engine}/holds.ts`, find: '  hold.held -= captured;\n', replace: '' }],
    caughtBy: model,
  },
  {
    bug: 'a transaction is reversed twice',
    edits: [{ file: `${engine}/returns.ts`, find: '  if (later.some(', replace: '  if (false && later.some(' }],
    caughtBy: model,
  },
  {
    bug: 'who returns what was bought keeps the points',
    edits: [{ file: `${engine}/returns.ts`, find: 'due > 0n ? due : 0n', replace: '0n' }],
    caughtBy: model,
  },
  {
    bug: 'a version is skipped',
    edits: [{ file: `${engine}/entry.ts`, find: 'state.version += 1n;', replace: 'state.version += 2n;' }],
    caughtBy: model,
  },
  {
    bug: 'what a gift does to its receiver is not told',
    edits: [
      {
        file: `${engine}/entry.ts`,
        find: 'this.#states.map((state, ',
        replace: 'this.#states.slice(0, 1).map((state, ',
      },
    ],
    caughtBy: model,
  },
  {
    bug: 'a limit is not counted before the next command of the batch',
    edits: [{ file: `${engine}/decide.ts`, find: '  use(counters, amount);\n', replace: '' }],
    caughtBy: model,
  },
  {
    bug: "a key answers with the result of another holder's command",
    edits: [{ file: `${engine}/decide.ts`, find: ' && used.holderId === holder.id', replace: '' }],
    caughtBy: batches,
  },
  {
    bug: 'a key does not commit with its effect',
    edits: [
      {
        file: `${engine}/decide.ts`,
        find: '    batch.effects.keys.push({ request, transactionIds });\n',
        replace: '',
      },
    ],
    caughtBy: batches,
  },
  {
    bug: 'the key and the balance are read before the lock',
    edits: [
      { file: lockBatch, find: holderLock, replace: 'PERFORM FROM holder h WHERE h.id = ANY (holder_ids);' },
      { file: lockBatch, find: afterKeysAreRead, replace: `  ${holderLock}\n${afterKeysAreRead}` },
    ],
    caughtBy: races,
  },
  {
    bug: 'the balance is written in another transaction than the one that has its lock',
    edits: [
      {
        file: `${store}/run-batch.ts`,
        find: 'if (isWritten) {',
        replace: "if (isWritten) {\n      await client.query('COMMIT');\n      await client.query('BEGIN');",
      },
    ],
    caughtBy: races,
  },
  {
    bug: 'of two postings of one account in a batch only one is added up',
    edits: [
      { file: writeBatch, find: 'sum(side.debit)::bigint AS debits', replace: 'max(side.debit)::bigint AS debits' },
    ],
    caughtBy: batches,
  },
  {
    bug: 'holders are not locked at all',
    edits: [{ file: lockBatch, find: holderLock, replace: 'PERFORM FROM holder h WHERE h.id = ANY (holder_ids);' }],
    caughtBy: defects,
  },
];
