/**
 * What an identifier's prefix says it names. A holder's identifier is that of the thing that holds: a wallet or a card.
 */
export const identifierPrefixes = {
  mer: 'merchant',
  sto: 'store',
  stf: 'staff member',
  prt: 'partner',
  lpk: 'partner key',
  prg: 'loyalty program',
  con: 'consumer',
  wal: 'wallet',
  gc: 'gift card',
  acc: 'ledger account',
  trx: 'ledger transaction',
  pst: 'posting',
  lot: 'lot of value',
  hol: 'hold',
  lim: 'limit',
  evt: 'event',
  opr: 'platform operator',
} as const;

/** Prefix of an identifier in TypeID form. */
export type IdentifierPrefix = keyof typeof identifierPrefixes;
