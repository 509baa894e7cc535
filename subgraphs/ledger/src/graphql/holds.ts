import { demandIdempotencyKey, idempotencyKeyDescription } from '@localplus/subgraph-server';
import { type CaptureHold, captureHold, releaseHold } from '../commands/end-hold.ts';
import { type PlaceHold, placeHold } from '../commands/place-hold.ts';
import { builder } from './builder.ts';
import { referenceDescription } from './descriptions.ts';
import { asRequestFailure } from './failures.ts';
import { postedType, resultTypeOf } from './posted.ts';
import {
  holdEnded,
  holdExceeded,
  idempotencyKeyReused,
  insufficientBalance,
  invalidAmount,
  invalidReference,
  limitExceeded,
  merchantNotLive,
  unknownHold,
  unknownHolder,
  unknownStore,
} from './refusals.ts';

export const placeHoldInput = builder.inputType('PlaceHoldInput', {
  description: 'Points that are to be reserved.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    walletId: t.id({ required: true, description: 'The wallet, `wal_…`.' }),
    points: t.field({ type: 'BigInt', required: true, description: 'How many, 1 to 1,000,000,000.' }),
    validForSeconds: t.int({
      defaultValue: 900,
      required: true,
      description:
        'Seconds after which the hold ends by itself, by the clock of the database; 1 to 2,678,400 (31 days).',
    }),
    storeId: t.id({ description: 'Where, `sto_…`. Staff who work in some stores may name only those.' }),
    reference: t.string({ description: referenceDescription }),
  }),
});

export const captureHoldInput = builder.inputType('CaptureHoldInput', {
  description: 'Held points that are to be spent.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    holdId: t.id({ required: true, description: 'The hold, `hol_…`.' }),
    points: t.field({ type: 'BigInt', description: 'How many; all that is still held when left out.' }),
    isFinal: t.boolean({
      defaultValue: true,
      required: true,
      description: 'Whether what is left is given back. When false, more can be captured later.',
    }),
  }),
});

export const releaseHoldInput = builder.inputType('ReleaseHoldInput', {
  description: 'A hold that is to be given back.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: idempotencyKeyDescription }),
    holdId: t.id({ required: true, description: 'The hold, `hol_…`.' }),
  }),
});

/** Reads the input as the command takes it. */
export function readPlaceHold(input: typeof placeHoldInput.$inferInput): PlaceHold {
  const { storeId, reference, ...hold } = input;
  return { ...hold, storeId: storeId ?? undefined, reference: reference ?? undefined };
}

/** Reads the input as the command takes it. */
export function readCaptureHold(input: typeof captureHoldInput.$inferInput): CaptureHold {
  return { ...input, points: input.points ?? undefined };
}

export const placeHoldSuccess = postedType(
  'PlaceHoldSuccess',
  'The points are reserved; `transaction.hold` names the hold.',
);
export const captureHoldSuccess = postedType('CaptureHoldSuccess', 'Held points were spent.');
export const releaseHoldSuccess = postedType('ReleaseHoldSuccess', 'What was still held was given back.');

const placeResult = builder.unionType('PlaceHoldResult', {
  description: 'What became of reserving points.',
  types: [
    ...[invalidAmount, insufficientBalance, unknownHolder, unknownStore, merchantNotLive],
    ...[idempotencyKeyReused, invalidReference, limitExceeded, placeHoldSuccess],
  ],
  resolveType: resultTypeOf('PlaceHoldSuccess'),
});

const ends = [unknownHold, holdEnded, holdExceeded, invalidAmount, merchantNotLive, idempotencyKeyReused] as const;

const captureResult = builder.unionType('CaptureHoldResult', {
  description: 'What became of spending held points.',
  types: [...ends, captureHoldSuccess],
  resolveType: resultTypeOf('CaptureHoldSuccess'),
});

const releaseResult = builder.unionType('ReleaseHoldResult', {
  description: 'What became of giving a hold back.',
  types: [...ends, releaseHoldSuccess],
  resolveType: resultTypeOf('ReleaseHoldSuccess'),
});

const who = "For staff of the wallet's merchant, its partners with POINTS_BURN, and platform operators.";

builder.mutationFields((t) => ({
  placeHold: t.field({
    type: placeResult,
    description: `Reserves points, never more than can be spent now, until they are captured, released, or the hold ends. ${who}`,
    authScopes: { burning: true },
    args: { input: t.arg({ type: placeHoldInput, required: true, description: 'How many, whose, and for how long.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, placeHold(services.commands, readPlaceHold(input), caller));
    },
  }),
  captureHold: t.field({
    type: captureResult,
    description: `Spends held points: all of them, or some now and some later. ${who}`,
    authScopes: { burning: true },
    args: { input: t.arg({ type: captureHoldInput, required: true, description: 'Which hold, and how many.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, captureHold(services.commands, readCaptureHold(input), caller));
    },
  }),
  releaseHold: t.field({
    type: releaseResult,
    description: `Gives back what a hold still has. ${who}`,
    authScopes: { burning: true },
    args: { input: t.arg({ type: releaseHoldInput, required: true, description: 'Which hold.' }) },
    resolve: (_root, { input }, { services, caller }) => {
      demandIdempotencyKey(input.idempotencyKey);
      return asRequestFailure(services.logger, releaseHold(services.commands, input, caller));
    },
  }),
}));
