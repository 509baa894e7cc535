import { parseId } from '@localplus/identifiers';
import { mayActFor } from '@localplus/identity';
import { demandIdempotencyKey } from '@localplus/subgraph-server';
import { builder } from './builder.ts';
import { ledgerTransaction } from './ledger-transaction.ts';

interface OperationResult {
  command: string;
  transactions: { id: string; holderId: string; merchantId: string }[];
}

const operationResult = builder.objectRef<OperationResult>('LedgerOperationResult').implement({
  description: 'What a command did, whose answer may have been lost.',
  fields: (t) => ({
    command: t.exposeString('command', { description: 'The mutation, for instance `earnPoints`.' }),
    transactions: t.field({
      type: [ledgerTransaction],
      description: 'What it posted, in order.',
      resolve: ({ transactions }) => transactions,
    }),
  }),
});

builder.queryField('operationResult', (t) =>
  t.field({
    type: operationResult,
    nullable: true,
    description:
      'What became of an idempotency key: what its command did, or null where no command with it was carried out, so that it may be sent again. For staff and partners of the merchant, and platform operators; null for everybody else.',
    args: {
      merchantId: t.arg.id({ required: true, description: 'The merchant that the command was for, `mer_…`.' }),
      idempotencyKey: t.arg.string({ required: true, description: 'The key that the command was sent with.' }),
    },
    resolve: async (_root, { merchantId, idempotencyKey: key }, { services, caller }) => {
      demandIdempotencyKey(key);
      const isOpen = parseId(merchantId, 'mer') !== undefined && mayAskFor(caller, merchantId);
      if (!isOpen) return null;
      const first = await services.commands.journal.findFirstResult({ scope: merchantId, key });
      if (first === undefined) return null;
      return {
        command: first.command,
        transactions: first.changes.map(({ transactionId: id, holderId, merchantId: of }) => ({
          id,
          holderId,
          merchantId: of,
        })),
      };
    },
  }),
);

/** Whoever could have given the command: staff in any role, and partners. */
function mayAskFor(caller: Parameters<typeof mayActFor>[0], merchantId: string): boolean {
  if (caller.kind === 'partner') return caller.merchantId === merchantId;
  return mayActFor(caller, merchantId, { roles: ['cashier', 'manager', 'owner'] });
}
