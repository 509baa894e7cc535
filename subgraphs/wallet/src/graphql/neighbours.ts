import { builder } from './builder.ts';

/** An entity of another subgraph, by its id in TypeID form. */
interface Reference {
  id: string;
}

function stubOf(name: string, what: string, id: string) {
  const key = builder.keyDirective(builder.selection<Reference>('id'), false);
  return builder.externalRef(name, key).implement({
    description: what,
    fields: (t) => ({ id: t.exposeID('id', { description: id }) }),
  });
}

export const loyaltyProgram = stubOf(
  'LoyaltyProgram',
  'The terms under which purchases earn points.',
  'Identifier, `prg_…`.',
);
export const ledgerTransaction = stubOf(
  'LedgerTransaction',
  'An atomic, balanced set of postings. Never changed; what was wrong is reversed by another one.',
  'Identifier.',
);
