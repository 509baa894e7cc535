import { idempotencyKeyDescription } from '@localplus/subgraph-server';
import { createProgram } from '../../commands/create-program.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  InvalidStart,
  LimitReached,
  MerchantUnknown,
} from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { programSuccess, programTermsInput, readTermsInput } from './program-payload.ts';
import { runCommand } from './run-command.ts';

const input = builder.inputType('CreateProgramInput', {
  description: 'A loyalty program, and the merchant that runs it.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({ required: true, description: 'The merchant, `mer_…`.' }),
    terms: t.field({ type: programTermsInput, required: true, description: 'What the program promises.' }),
    startsAt: t.field({
      type: 'DateTime',
      description:
        'When the terms come into force: at least 60 seconds ahead, and just that when left out. Platform operators may name a time in the past.',
    }),
  }),
});

const success = programSuccess('CreateProgramSuccess', 'The program is created, with its first version.');

builder.mutationField('createProgram', (t) =>
  t.field({
    type: success,
    description:
      "Creates a loyalty program in the merchant's currency. For owners, managers and platform operators, who may bring in one that was running elsewhere.",
    args: { input: t.arg({ type: input, required: true, description: 'Which program, and whose.' }) },
    errors: {
      types: [InvalidInput, MerchantUnknown, InvalidStart, LimitReached, IdempotencyKeyReused],
      union: { name: 'CreateProgramResult', description: 'What became of creating a program.' },
    },
    resolve: (_root, { input: asked }, context) =>
      runCommand(createProgram, context, {
        ...asked,
        terms: readTermsInput(asked.terms),
        startsAt: asked.startsAt ?? undefined,
      }),
  }),
);
