import { carryOutMany, commandsMax } from '../commands/many-commands.ts';
import type { PostedTogether } from '../commands/post-together.ts';
import { builder } from './builder.ts';
import { burnPointsSuccess } from './burn-points.ts';
import { commandInput, readItem } from './command.ts';
import { earnPointsSuccess } from './earn-points.ts';
import { asRequestFailure } from './failures.ts';
import { captureHoldSuccess, placeHoldSuccess, releaseHoldSuccess } from './holds.ts';
import { refundTransactionSuccess, returnPurchaseSuccess } from './refunds.ts';
import { commandRefusals, invalidCommandCount } from './refusals.ts';
import { reverseTransactionSuccess } from './reverse-transaction.ts';
import { transferPointsSuccess } from './transfer-points.ts';

const mode = builder.enumType('LedgerGroupMode', {
  description: 'Whether commands that come together depend on each other.',
  values: {
    ATOMIC: { description: 'All of them are carried out, in one commit, or none.' },
    EACH: { description: 'Each is carried out or refused by itself.' },
  } as const,
});

const input = builder.inputType('PostCommandsInput', {
  description: 'Commands of any kind that come together, each with an idempotency key of its own.',
  fields: (t) => ({
    mode: t.field({ type: mode, required: true, description: 'Whether they depend on each other.' }),
    commands: t.field({
      type: [commandInput],
      required: true,
      description: `The commands, 1 to ${commandsMax}, in the order in which they are carried out; for wallets of one merchant or several.`,
    }),
  }),
});

const commandResult = builder.unionType('LedgerCommandResult', {
  description: 'What became of one command of many.',
  types: [
    ...[earnPointsSuccess, burnPointsSuccess, placeHoldSuccess, captureHoldSuccess, releaseHoldSuccess],
    ...[refundTransactionSuccess, returnPurchaseSuccess, reverseTransactionSuccess, transferPointsSuccess],
    ...commandRefusals,
  ],
  resolveType: (result) => {
    if ('code' in result) return result.code;
    return `${result.command.charAt(0).toUpperCase()}${result.command.slice(1)}Success`;
  },
});

const payload = builder.objectRef<PostedTogether>('PostCommandsSuccess').implement({
  description: 'The commands were looked at; what became of each stands in its result.',
  fields: (t) => ({
    isWritten: t.exposeBoolean('isWritten', {
      description: 'Whether anything was written now: false when all were refused, or carried out before.',
    }),
    isReplay: t.boolean({
      description: 'Whether earlier commands with these keys did all of it.',
      resolve: ({ outcomes }) => outcomes.every((outcome) => 'change' in outcome && outcome.isReplay),
    }),
    results: t.field({
      type: [commandResult],
      description: 'One for each command, in their order.',
      resolve: ({ outcomes }) => outcomes,
    }),
  }),
});

const result = builder.unionType('PostCommandsResult', {
  description: 'What became of commands that came together.',
  types: [payload, invalidCommandCount],
  resolveType: (value) => ('code' in value ? value.code : 'PostCommandsSuccess'),
});

builder.mutationField('postCommands', (t) =>
  t.field({
    type: result,
    description:
      'Carries out many commands: each by itself, or all or none. Sent again with the same keys it answers what it was answered first; of an atomic group either all keys are new or all were used. When the request fails, some commands may have been carried out (of an atomic group all or none): send the same again. Send the commands as a variable: a document has room for a few dozen. For whoever may give at least one of the commands somewhere; rights are decided for each.',
    authScopes: { $any: { earning: true, burning: true, reversing: true } },
    args: { input: t.arg({ type: input, required: true, description: 'The commands.' }) },
    resolve: (_root, { input: { mode: chosen, commands } }, { services, caller }) => {
      const many = { items: commands.map(readItem), isAtomic: chosen === 'ATOMIC' };
      return asRequestFailure(services.logger, carryOutMany(services.commands, many, caller));
    },
  }),
);
