import { idempotencyKeyDescription } from '@localplus/subgraph-server';
import { changeProgram } from '../../commands/change-program.ts';
import {
  IdempotencyKeyReused,
  InvalidInput,
  InvalidStart,
  LimitReached,
  UnknownProgram,
} from '../../domain/refusals.ts';
import { builder } from '../builder.ts';
import { programSuccess, programTermsInput, readTermsInput } from './program-payload.ts';
import { runCommand } from './run-command.ts';

const input = builder.inputType('ChangeProgramInput', {
  description: 'The next version of a loyalty program.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    programId: t.id({ required: true, description: 'The program, `prg_…`.' }),
    terms: t.field({
      type: programTermsInput,
      required: true,
      description: 'Everything that it promises from then on.',
    }),
    startsAt: t.field({
      type: 'DateTime',
      description:
        'When the terms come into force: at least 60 seconds ahead and not before the version before it. The earliest such time when left out.',
    }),
  }),
});

const success = programSuccess('ChangeProgramSuccess', 'The version is published.');

builder.mutationField('changeProgram', (t) =>
  t.field({
    type: success,
    description:
      'Publishes a new version of a loyalty program. What was published before stays readable, and rates the purchases of its time. For owners and managers.',
    args: { input: t.arg({ type: input, required: true, description: 'Which program, and what it is to promise.' }) },
    errors: {
      types: [InvalidInput, UnknownProgram, InvalidStart, LimitReached, IdempotencyKeyReused],
      union: { name: 'ChangeProgramResult', description: 'What became of changing a program.' },
    },
    resolve: (_root, { input: asked }, context) =>
      runCommand(changeProgram, context, {
        ...asked,
        terms: readTermsInput(asked.terms),
        startsAt: asked.startsAt ?? undefined,
      }),
  }),
);
