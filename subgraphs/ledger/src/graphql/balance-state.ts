import { builder } from './builder.ts';

/** Whether what other parts of the graph show of a holder is already at the version that a command led to. */
export type BalanceState = 'CURRENT' | 'CATCHING_UP';

export const balanceState = builder.enumType('BalanceState', {
  description: 'Whether the wallet shows the change already.',
  values: {
    CURRENT: { description: 'The wallet is at this version, or a newer one.' },
    CATCHING_UP: {
      description: 'The wallet could not be told in time and follows by itself. The balances of the payload are right.',
    },
  } as const,
});
