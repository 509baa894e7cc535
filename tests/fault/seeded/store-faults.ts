import type { SeededFault } from './seeded-fault.ts';

const ledger = 'subgraphs/ledger/src';
const migrations = 'prisma/ledger/migrations';

const batchFunctions = `${migrations}/20261129110000_a_batch_looks_up_once/migration.sql`;

const holdersAreLocked = '  SELECT array_agg(h.id), array_agg(h.merchant_id), json_agg(h.version::text)';
const keysAreRead = `(SELECT json_agg(json_build_array(i.ordinal, encode(k.input_hash, 'hex'), k.holder_id, k.transaction_ids))
     FROM generate_subscripts(item_keys, 1) AS i (ordinal)
     CROSS JOIN LATERAL (SELECT * FROM idempotency k WHERE k.scope = item_scopes[ordinal] AND k.key = item_keys[ordinal] LIMIT 1) k)`;

function integration(file: string, test: string): SeededFault['caughtBy'] {
  return { project: 'integration', file: `${ledger}/${file}`, test };
}

/** Faults of what is written, in which order, and under which locks: they need a real PostgreSQL to be seen. */
export const storeFaults: readonly SeededFault[] = [
  {
    name: 'key looked for before the lock',
    defect: 'of requests at once under one key all but the first fail, or post again',
    seenAs: '4',
    file: batchFunctions,
    changes: [
      { find: keysAreRead, replace: 'keys' },
      { find: holdersAreLocked, replace: `  keys := ${keysAreRead};\n${holdersAreLocked}` },
    ],
    caughtBy: integration(
      'store/run-batch-races.integration.test.ts',
      '50 requests at once under one key make one transaction and 49 replays of it',
    ),
  },
  {
    name: 'holders not locked in order',
    defect: 'batches that name the same holders in opposite order wait for each other in a circle',
    seenAs: '6',
    file: batchFunctions,
    changes: [
      {
        find: holdersAreLocked,
        replace: `  PERFORM FROM holder h WHERE h.id = ANY (holder_ids) ORDER BY md5(h.id::text || pg_backend_pid()) FOR NO KEY UPDATE;
${holdersAreLocked}`,
      },
    ],
    caughtBy: integration('store/run-batch-races.integration.test.ts', 'in opposite order never wait for each other'),
  },
  {
    name: 'written without its lock',
    defect: 'what was decided under a lock is written after the lock was let go',
    seenAs: '17',
    file: `${ledger}/store/run-batch.ts`,
    changes: [
      {
        find: 'if (isWritten) {',
        replace: "if (isWritten) {\n      await client.query('COMMIT');\n      await client.query('BEGIN');",
      },
    ],
    caughtBy: integration('store/run-batch-races.integration.test.ts', 'exactly 50 are posted'),
  },
  {
    name: 'key without its effect',
    defect: 'a key is not kept, so the same command again moves the balance again',
    seenAs: '3',
    file: `${ledger}/domain/engine/decide.ts`,
    changes: [{ find: '    batch.effects.keys.push({ request, transactionIds });\n', replace: '' }],
    caughtBy: integration('store/run-batch.integration.test.ts', 'whose answer was lost finds its own work'),
  },
  {
    name: 'netting loses a posting',
    defect: 'of two postings of a batch on one account only one moves its balance',
    seenAs: '14',
    file: batchFunctions,
    changes: [{ find: 'sum(side.debit)::bigint AS debits', replace: 'max(side.debit)::bigint AS debits' }],
    caughtBy: integration(
      'store/run-batch.integration.test.ts',
      'gives each request its own version and the balances after that very request',
    ),
  },
  {
    name: 'limit not counted',
    defect: 'a limit is looked at and never used up',
    seenAs: '7',
    file: `${ledger}/domain/engine/decide.ts`,
    changes: [{ find: '  use(counters, amount);\n', replace: '' }],
    caughtBy: integration('graphql/limits.integration.test.ts', 'what a limit leaves can be spent, not a point more'),
  },
  {
    name: "another's key",
    defect: 'a key that one merchant has used is taken from all others',
    seenAs: '4',
    file: batchFunctions,
    changes: [{ find: 'WHERE k.scope = item_scopes[ordinal] AND k.key =', replace: 'WHERE k.key =' }],
    caughtBy: integration('commands/commands.integration.test.ts', "does not meet another merchant's"),
  },
  {
    name: 'key of other input',
    defect: 'a key that was used answers its first result to whatever is asked with it',
    seenAs: '4',
    file: `${ledger}/domain/engine/decide.ts`,
    changes: [
      {
        find: 'used.inputHash.equals(inputHash) && used.holderId === holder.id',
        replace: 'used.holderId === holder.id',
      },
    ],
    caughtBy: integration('store/run-batch.integration.test.ts', 'is refused under a key that belongs to other input'),
  },
  {
    name: 'applied again after a lost answer',
    defect: 'a batch whose commit was not answered is posted a second time',
    seenAs: '3',
    file: `${ledger}/store/posting-writer.ts`,
    changes: [
      {
        find: '        if (!isKeyRaceLost(error)) await pause(reconnectPauseMs);\n',
        replace: `        if (!isKeyRaceLost(error)) await pause(reconnectPauseMs);
        requests = requests.map((each) => ({ ...each, key: \`\${each.key}-again\`, transactionId: this.#settings.batch.newId() }));
`,
      },
    ],
    caughtBy: integration(
      'store/posting-writer.integration.test.ts',
      'after the commit costs nothing: the same batch again finds its own work',
    ),
  },
  {
    name: 'floor in code alone',
    defect: 'the database lets an account fall below its floor',
    seenAs: '17',
    file: `${migrations}/20261122100000_holders_and_accounts/migration.sql`,
    changes: [{ find: 'CHECK (floor IS NULL OR balance >= floor)', replace: 'CHECK (true)' }],
    caughtBy: integration('store/privileges.integration.test.ts', 'cannot break a floor'),
  },
  {
    name: 'event left out',
    defect: 'a balance changes and nobody is told',
    seenAs: '8',
    file: batchFunctions,
    changes: [
      {
        find: 'change_event_values[i]\n  FROM generate_subscripts(change_holder_ids, 1) i;',
        replace:
          "change_event_values[i]\n  FROM generate_subscripts(change_holder_ids, 1) i WHERE change_kinds[i] <> 'EARN';",
      },
    ],
    caughtBy: integration('store/run-batch.integration.test.ts', 'writes the event as its contract has it'),
  },
  {
    name: 'history can be changed',
    defect: 'the owner of the tables can rewrite a posting',
    seenAs: '16',
    file: `${migrations}/20261122100100_transactions/migration.sql`,
    changes: [
      {
        find: 'CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting',
        replace: 'CREATE TRIGGER posting_append_only BEFORE TRUNCATE ON posting',
      },
    ],
    caughtBy: integration('store/privileges.integration.test.ts', 'still cannot change posting: UPDATE'),
  },
];
