import { fromUuid, parseId } from '@localplus/identifiers';
import { type AccountKind, accountKinds } from '../domain/chart-of-accounts.ts';
import { maySeeBooksOf, maySeeHolder } from '../domain/visibility.ts';
import { asset } from './balance.ts';
import { builder } from './builder.ts';

const accountKind = builder.enumType('LedgerAccountKind', {
  description: 'What an account counts: its place in the chart of accounts.',
  values: {
    POINTS_LIABILITY: { description: 'Points that the merchant owes to a holder and that can be spent.' },
    POINTS_PENDING: { description: 'Points earned that cannot be spent yet.' },
    POINTS_HELD: { description: 'Points reserved by holds.' },
    POINTS_RECEIVABLE: { description: 'Points that a holder owes: taken back after they were spent.' },
    POINTS_COST: { description: 'Points that a program has granted.' },
    REWARD_CLEARING: { description: 'Points that holders have spent and that wait to be settled.' },
    BREAKAGE_INCOME: { description: 'Value that expired unused.' },
    CARD_LIABILITY: { description: 'Paid value that the merchant owes to a card.' },
    CARD_HELD: { description: 'Paid value of a card, reserved by holds.' },
    PROMOTION_LIABILITY: { description: 'Given value that the merchant owes to a card.' },
    PROMOTION_HELD: { description: 'Given value of a card, reserved by holds.' },
    TENDER_CLEARING: { description: 'Money that was paid for cards.' },
    MERCHANT_SETTLEMENT: { description: 'What redemptions of cards have earned a merchant.' },
    PROMOTION_EXPENSE: { description: 'Value that was given away.' },
    VAT_PAYABLE: { description: 'VAT due on single-purpose vouchers that were sold.' },
  } satisfies Record<AccountKind, { description: string }>,
});

export const side = builder.enumType('LedgerSide', {
  description: 'A side of an account.',
  values: {
    DEBIT: { description: 'What an amount is taken from by a posting.' },
    CREDIT: { description: 'What an amount is given to by a posting.' },
  } as const,
});

/** Reads a kind as the database stores it. Its foreign key holds the kinds to those of the chart. */
export function accountKindOf(kind: string): AccountKind {
  const known = accountKinds.find((each) => each === kind);
  if (known !== undefined) return known;
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
