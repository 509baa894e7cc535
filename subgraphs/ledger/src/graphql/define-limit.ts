import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { defineLimit } from '../commands/define-limit.ts';
import { builder } from './builder.ts';
import { asRequestFailure } from './failures.ts';
import { limitMovement, limitPeriod, limitSubject } from './limit-enums.ts';
import { limitPayload, limitResultTypeOf } from './limit-payload.ts';
import { idempotencyKeyReused, invalidAmount, invalidLimit, tooManyLimits, unknownMerchant } from './refusals.ts';

const input = builder.inputType('DefineLimitInput', {
  description: 'How much, or how often, may move in a period.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    merchantId: t.id({
      description:
        'The merchant whose limit it is, `mer_…`; null for all merchants, which only platform operators may set.',
    }),
    country: t.string({
      description: 'ISO 3166-1 alpha-2 code of the one country that it is for; null for every country.',
    }),
    assetCode: t.string({ required: true, description: '`EUR`, or `PTS.` and the identifier of a program.' }),
    movement: t.field({ type: limitMovement, required: true, description: 'What it is for.' }),
    countedPer: t.field({ type: limitSubject, required: true, description: 'What it counts together.' }),
    period: t.field({ type: limitPeriod, required: true, description: 'How long it counts.' }),
    timeZone: t.string({
      description:
        "IANA name of the time zone in which the period begins; the merchant's own, where it is left out. A limit of all merchants names one.",
    }),
    amountMaximum: t.field({
      type: 'BigInt',
      description:
        "The most that may move in a period, in the asset's smallest unit, up to 10^15; null for any amount.",
    }),
    countMaximum: t.field({
      type: 'BigInt',
      description: 'How many times something may move in a period, up to 10^15; null for any number.',
    }),
  }),
});

const payload = limitPayload('DefineLimitSuccess', 'The limit is kept from now on.');

const result = builder.unionType('DefineLimitResult', {
  description: 'What became of setting a limit.',
  types: [invalidLimit, invalidAmount, tooManyLimits, unknownMerchant, idempotencyKeyReused, payload],
  resolveType: limitResultTypeOf('DefineLimitSuccess'),
});

builder.mutationField('defineLimit', (t) =>
  t.field({
    type: result,
    description:
      'Sets a limit, which counts what moves from now on; at most 32 of a merchant are in force. For owners and managers of the merchant, and platform operators.',
    authScopes: { reversing: true },
    args: { input: t.arg({ type: input, required: true, description: 'The limit.' }) },
    resolve: (_root, { input: terms }, { services, caller }) => {
      demandIdempotencyKey(terms.idempotencyKey);
      const { idempotencyKey, assetCode, movement, countedPer, period } = terms;
      const command = {
        ...{ idempotencyKey, assetCode, movement, countedPer, period },
        merchantId: terms.merchantId ?? undefined,
        country: terms.country ?? undefined,
        timeZone: terms.timeZone ?? undefined,
        amountMax: terms.amountMaximum ?? undefined,
        countMax: terms.countMaximum ?? undefined,
      };
      return asRequestFailure(services.logger, defineLimit(services.pool, command, caller));
    },
  }),
);
