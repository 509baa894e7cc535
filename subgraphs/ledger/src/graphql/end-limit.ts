import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { endLimit } from '../commands/end-limit.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';
import { limitPayload, limitResultTypeOf } from './limit-payload.ts';
import { idempotencyKeyReused, unknownLimit } from './refusals.ts';

const input = builder.inputType('EndLimitInput', {
  description: 'A limit that is to be kept no longer.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    limitId: t.id({ required: true, description: 'The limit, `lim_…`.' }),
  }),
});

const payload = limitPayload('EndLimitSuccess', 'The limit is kept no longer.');

const result = builder.unionType('EndLimitResult', {
  description: 'What became of ending a limit.',
  types: [unknownLimit, idempotencyKeyReused, payload],
  resolveType: limitResultTypeOf('EndLimitSuccess'),
});

builder.mutationField('endLimit', (t) =>
  t.field({
    type: result,
    description:
      'Ends a limit. Who wants another maximum ends it and sets a new one. For owners and managers of its merchant, and platform operators.',
    authScopes: { reversing: true },
    args: { input: t.arg({ type: input, required: true, description: 'Which one.' }) },
    resolve: (_root, { input: command }, { services, caller }) => {
      demandIdempotencyKey(command.idempotencyKey);
      return asRequestFailure(services.logger, endLimit(services.pool, command, caller));
    },
  }),
);
