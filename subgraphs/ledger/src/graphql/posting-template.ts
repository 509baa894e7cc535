import type { TemplateLine, TemplateValue } from '../domain/posting-template.ts';
import { builder } from './builder.ts';
import { accountKindType } from './ledger-account.ts';
import { kindOf, ledgerTransaction } from './ledger-transaction.ts';

const templateValue = builder.enumType('LedgerTemplateValue', {
  description: 'What a line of a posting template moves.',
  values: {
    POINTS: { description: 'Points of a loyalty program.' },
    MPV: { description: 'Paid value of a multi-purpose voucher: VAT is due when it is redeemed.' },
    SPV: { description: 'Paid value of a single-purpose voucher: VAT is due when it is sold.' },
    PROMOTIONAL: { description: 'Value that was given.' },
  } satisfies Record<TemplateValue, { description: string }>,
});

const templateLine = builder.objectRef<TemplateLine>('LedgerTemplateLine').implement({
  description: 'A line of a posting template: from which kind of account to which value moves.',
  fields: (t) => ({
    value: t.expose('value', { type: templateValue, description: 'What it moves.' }),
    line: t.exposeString('line', { description: 'What it does, for instance `spend` or `giveBack`.' }),
    debitAccountKind: t.expose('debitKind', { type: accountKindType, description: 'The account that it debits.' }),
    creditAccountKind: t.expose('creditKind', { type: accountKindType, description: 'The account that it credits.' }),
  }),
});

builder.prismaObjectFields(ledgerTransaction, (t) => ({
  templateVersion: t.exposeInt('templateVersion', {
    description: 'The version of the posting template of its kind that it was made by.',
  }),
  template: t.field({
    type: [templateLine],
    description: 'That posting template: every line that a transaction of its kind could have.',
    select: { kind: true, templateVersion: true },
    resolve: ({ kind, templateVersion }, _arguments, { services }) =>
      services.templates.linesOf(kindOf(kind), templateVersion),
  }),
}));
