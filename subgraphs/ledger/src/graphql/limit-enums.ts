import { builder } from './builder.ts';

export const limitSubject = builder.enumType('LedgerLimitSubject', {
  description: 'What a limit counts together.',
  values: {
    HOLDER: { description: 'Each wallet or card for itself.' },
    MERCHANT: { description: 'Each merchant.' },
    COUNTRY: { description: 'All merchants of a country.' },
  } as const,
});

export const limitPeriod = builder.enumType('LedgerLimitPeriod', {
  description: "How long a limit counts, in the calendar of the limit's time zone.",
  values: {
    DAY: { description: 'From midnight to midnight.' },
    WEEK: { description: 'From Monday to Sunday.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
  } as const,
});

export const limitMovement = builder.enumType('LedgerLimitMovement', {
  description: 'What a limit is for.',
  values: {
    EARN: { description: 'Points that purchases earn.' },
    SPEND: {
      description:
        'What is spent, and what is held when the hold is placed; what is released or given back later counts all the same.',
    },
    TRANSFER: { description: 'What leaves a wallet for another.' },
    ISSUE: { description: 'What is put on a card: sold, at its price with VAT, or given.' },
  } as const,
});
