import { fromUuid } from '@localplus/identifiers';
import { asset } from './balance.ts';
import { builder } from './builder.ts';

const lotState = builder.enumType('LedgerLotState', {
  description: 'Where the value of a lot is.',
  values: {
    PENDING: { description: 'Some of it cannot be spent yet.' },
    ACTIVE: { description: 'Some of it can be spent, or is held.' },
    DEPLETED: { description: 'All of it was spent.' },
    EXPIRED: { description: 'Nothing is left, and some of it expired unused.' },
    REVOKED: { description: 'All of it was taken back.' },
  } as const,
});

export const vatType = builder.enumType('LedgerVatType', {
  description: 'How VAT treats value, decided when it is granted.',
  values: {
    DISCOUNT: { description: 'Points that lower a further purchase: no voucher.' },
    SPV: { description: 'Single-purpose voucher: VAT is due when it is sold.' },
    MPV: { description: 'Multi-purpose voucher: VAT is due when it is redeemed.' },
    NONE: { description: 'Nothing that VAT knows.' },
  } as const,
});

const category = builder.enumType('LedgerLotCategory', {
  description: 'What the value of a lot is.',
  values: {
    POINTS: { description: 'Points of a loyalty program.' },
    PAID: { description: 'Value that somebody paid for.' },
    PROMOTIONAL: { description: 'Value that was given.' },
  } as const,
});

/** Reads a text that a constraint of the database holds to some values. */
function oneOf<const Value extends string>(values: readonly Value[], text: string): Value {
  const value = values.find((each) => each === text);
  if (value === undefined) throw new Error(`${text} is missing from the graph`);
  return value;
}

export const lot = builder.prismaObject('Lot', {
  name: 'LedgerLot',
  description:
    "Value that came together and ends together. Amounts are in the asset's smallest unit; granted = pending + available + held + spent + expired + revoked.",
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `lot_…`.', resolve: ({ id }) => fromUuid('lot', id) }),
    state: t.field({
      type: lotState,
      description: 'Where its value is.',
      select: { state: true },
      resolve: ({ state }) => oneOf(['PENDING', 'ACTIVE', 'DEPLETED', 'EXPIRED', 'REVOKED'], state),
    }),
    asset: t.field({
      type: asset,
      description: 'What it is of.',
      select: { asset: true },
      resolve: (row) => row.asset,
    }),
    category: t.field({
      type: category,
      description: 'What its value is.',
      select: { category: true },
      resolve: (row) => oneOf(['POINTS', 'PAID', 'PROMOTIONAL'], row.category),
    }),
    vatType: t.field({
      type: vatType,
      description: 'How VAT treats it.',
      select: { vatType: true },
      resolve: (row) => oneOf(['DISCOUNT', 'SPV', 'MPV', 'NONE'], row.vatType),
    }),
    programVersion: t.exposeInt('programVersion', {
      description: "The version of the program's terms that granted it.",
    }),
    earnedAt: t.expose('earnedAt', { type: 'DateTime', description: 'When it was earned.' }),
    activatesAt: t.expose('activatesAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it can be spent from; null means at once.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'The first instant at which it cannot be spent any more; null means without end, or see inactivityDays.',
    }),
    inactivityDays: t.exposeInt('inactivityDays', {
      nullable: true,
      description:
        "Days after the wallet's last earning or spending at which it expires; null where activity does not count.",
    }),
    granted: t.expose('granted', { type: 'BigInt', description: 'All that came.' }),
    pending: t.expose('pending', { type: 'BigInt', description: 'What cannot be spent yet.' }),
    available: t.expose('available', { type: 'BigInt', description: 'What can be spent.' }),
    held: t.expose('held', { type: 'BigInt', description: 'What holds have reserved.' }),
    spent: t.expose('spent', {
      type: 'BigInt',
      description: 'What was spent, given away, or used to pay what was owed.',
    }),
    expired: t.expose('expired', { type: 'BigInt', description: 'What expired unused.' }),
    revoked: t.expose('revoked', { type: 'BigInt', description: 'What was taken back.' }),
  }),
});
