import { fromUuid } from '@localplus/identifiers';
import { asset } from './balance.ts';
import { builder } from './builder.ts';
import { referenceDescription } from './descriptions.ts';

const holdState = builder.enumType('LedgerHoldState', {
  description: 'What became of a hold.',
  values: {
    HELD: { description: 'Some of it is still reserved.' },
    CAPTURED: { description: 'Nothing is reserved any more, and some of it was spent.' },
    RELEASED: { description: 'All of it was given back.' },
    EXPIRED: { description: 'It ended by itself, and nothing of it was spent.' },
  } as const,
});

function stateOf(state: string) {
  if (state === 'HELD' || state === 'CAPTURED' || state === 'RELEASED' || state === 'EXPIRED') return state;
  throw new Error(`the hold state ${state} is missing from the graph`);
}

export const hold = builder.prismaObject('Hold', {
  name: 'LedgerHold',
  description:
    "A reservation of value. Amounts are in the asset's smallest unit; amount = held + captured + released + expired.",
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `hol_…`.', resolve: ({ id }) => fromUuid('hol', id) }),
    state: t.field({
      type: holdState,
      description: 'What became of it.',
      select: { state: true },
      resolve: ({ state }) => stateOf(state),
    }),
    asset: t.field({
      type: asset,
      description: 'What it is of.',
      select: { asset: true },
      resolve: (row) => row.asset,
    }),
    reference: t.exposeString('reference', { nullable: true, description: referenceDescription }),
    placedAt: t.expose('placedAt', { type: 'DateTime', description: 'When it was placed.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends by itself.' }),
    amount: t.expose('amount', { type: 'BigInt', description: 'What was reserved.' }),
    held: t.expose('held', { type: 'BigInt', description: 'What still is.' }),
    captured: t.expose('captured', { type: 'BigInt', description: 'What was spent.' }),
    released: t.expose('released', { type: 'BigInt', description: 'What was given back.' }),
    expired: t.expose('expired', { type: 'BigInt', description: 'What came back because the hold ended.' }),
  }),
});
