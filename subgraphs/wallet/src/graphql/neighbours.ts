import type { IdentifierPrefix } from '@localplus/identifiers';
import { builder } from './builder.ts';

/** An entity of another subgraph, by its id in TypeID form. */
interface Reference {
  id: string;
}

function stubOf(name: string, prefix: IdentifierPrefix, description: string) {
  return builder.objectRef<Reference>(name).implement({
    description,
    directives: [{ name: 'key', args: { fields: 'id', resolvable: false } }],
    fields: (t) => ({ id: t.exposeID('id', { description: `Identifier, \`${prefix}_…\`.` }) }),
  });
}

export const loyaltyProgram = stubOf('LoyaltyProgram', 'prg', 'The terms under which purchases earn points.');
export const ledgerTransaction = stubOf(
  'LedgerTransaction',
  'trx',
  'An atomic, balanced set of postings. Never changed; what was wrong is reversed by another one.',
);
