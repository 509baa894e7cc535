import { fromUuid, parseId } from '@localplus/identifiers';
import { maySeeBooksOf, maySeeHolder } from '../domain/visibility.ts';
import { asset } from './balance.ts';
import { builder } from './builder.ts';

const accountKind = builder.enumType('LedgerAccountKind', {
  description: 'What an account counts: its place in the chart of accounts.',
  values: {
    POINTS_LIABILITY: { description: 'Points that the merchant owes to a holder.' },
    POINTS_COST: { description: 'Points that a program has granted.' },
    REWARD_CLEARING: { description: 'Points that holders have spent and that wait to be settled.' },
  } as const,
});

export const side = builder.enumType('LedgerSide', {
  description: 'A side of an account.',
  values: {
    DEBIT: { description: 'What an amount is taken from by a posting.' },
    CREDIT: { description: 'What an amount is given to by a posting.' },
  } as const,
});

/** Reads a kind as the database stores it. Its foreign key holds the kinds to those of the chart. */
export function accountKindOf(kind: string) {
  if (kind === 'POINTS_LIABILITY' || kind === 'POINTS_COST' || kind === 'REWARD_CLEARING') return kind;
  throw new Error(`the account kind ${kind} is missing from the graph`);
}

export const accountKindType = accountKind;

export const ledgerAccount = builder.prismaObject('Account', {
  name: 'LedgerAccount',
  description: 'A bucket of one asset. Its balance changes by postings alone.',
  select: { id: true, merchantId: true, holder: { select: { merchantId: true, consumerId: true } } },
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `acc_…`.', resolve: ({ id }) => fromUuid('acc', id) }),
    kind: t.field({
      type: accountKind,
      description: 'What it counts.',
      select: { kind: true },
      resolve: ({ kind }) => accountKindOf(kind),
    }),
    normalSide: t.field({
      type: side,
      description: 'The side on which its balance grows.',
      select: { normalSide: true },
      resolve: ({ normalSide }) => (normalSide === 'DEBIT' ? 'DEBIT' : 'CREDIT'),
    }),
    asset: t.field({
      type: asset,
      description: 'What it counts in.',
      select: { asset: true },
      resolve: (account) => account.asset,
    }),
    balance: t.field({
      type: 'BigInt',
      nullable: true,
      description:
        "Its balance now, in the asset's smallest unit. Accounts of the merchant's own books show it to owners and managers; others get null.",
      select: { balance: true },
      resolve: ({ balance, holder, merchantId }, _arguments, { caller }) => {
        const isVisible = holder ? maySeeHolder(caller, holder) : maySeeBooksOf(caller, merchantId);
        return isVisible ? balance : null;
      },
    }),
  }),
});

builder.asEntity(ledgerAccount, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: async ({ id }, { services, caller }) => {
    const accountId = parseId(id, 'acc');
    if (accountId === undefined) return null;
    const account = await services.prisma.account.findUnique({
      where: { id: accountId },
      include: { holder: true, asset: true },
    });
    if (!account) return null;
    const { holder, merchantId } = account;
    return (holder ? maySeeHolder(caller, holder) : maySeeBooksOf(caller, merchantId)) ? account : null;
  },
});
