import { toUuid } from '@localplus/identifiers';
import { isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import type { ProgramResult } from '../../commands/create-program.ts';
import type { ProgramTermsDraft } from '../../domain/program.ts';
import type { ValidityDraft } from '../../domain/validity.ts';
import { readProgramVersion } from '../../store/program-versions.ts';
import { builder } from '../builder.ts';
import { negativeBalancePolicy, pointValidityKind, rounding } from '../enums.ts';
import { lotTermDescriptions } from '../point-validity.ts';
import { programVersion } from '../program-version.ts';

const pointValidityInput = builder.inputType('PointValidityInput', {
  description: 'How long points are valid. Exactly the value that belongs to the kind is given.',
  fields: (t) => ({
    kind: t.field({ type: pointValidityKind, required: true, description: 'How it is counted.' }),
    days: t.int({
      description:
        'With `DAYS`, days after the earning; with `INACTIVITY`, after the last activity. 1 to 3,650, and above `activationDelayDays`.',
    }),
    on: t.string({
      description:
        'With `FIXED_DATE`, the last day, for instance `2027-06-30`: not before the first points become active, at most 3,650 days after the start.',
    }),
    months: t.int({
      description:
        'With `END_OF_MONTH`, months after the month of earning, 0 to 120; 0 is that month. At least one for each 28 days of `activationDelayDays`.',
    }),
  }),
});

export const programTermsInput = builder.inputType('ProgramTermsInput', {
  description: 'What a loyalty program promises.',
  fields: (t) => ({
    pointName: t.string({ required: true, description: 'Name of one point, 1 to 40 characters.' }),
    points: t.field({
      type: 'BigInt',
      required: true,
      description: 'Points earned for each `perAmountMinor`, 1 to 1,000,000.',
    }),
    perAmountMinor: t.field({
      type: 'BigInt',
      required: true,
      description: "Minor units of the program's currency that earn `points`, 1 to 100,000,000: 100 for each euro.",
    }),
    rounding: t.field({ type: rounding, required: true, description: 'What becomes of the fraction of a point.' }),
    minimumPurchaseMinor: t.field({
      type: 'BigInt',
      defaultValue: 0n,
      description: "Purchases below earn nothing; minor units of the program's currency, 0 to 100,000,000.",
    }),
    activationDelayDays: t.int({
      defaultValue: 0,
      description: `${lotTermDescriptions.activationDelayDays} At most 365.`,
    }),
    validity: t.field({
      type: pointValidityInput,
      description: 'How long points are valid; left out for what `pointValidityDays` says.',
    }),
    pointValidityDays: t.int({
      description:
        'Short for a validity of so many `DAYS`, 1 to 3,650; not together with `validity`. Both left out: points without end.',
    }),
    negativeBalance: t.field({
      type: negativeBalancePolicy,
      defaultValue: 'NEVER',
      description: `${lotTermDescriptions.negativeBalance} \`WITHIN_PENDING\` needs an \`activationDelayDays\`.`,
    }),
    refundGraceDays: t.int({ defaultValue: 0, description: `${lotTermDescriptions.refundGraceDays} At most 365.` }),
  }),
});

/** The terms as they arrive, where what may be left out may be null as well. */
type ProgramTermsArgument = Pick<ProgramTermsDraft, 'pointName' | 'points' | 'perAmountMinor' | 'rounding'> &
  Nullable<Omit<ProgramTermsDraft, 'pointName' | 'points' | 'perAmountMinor' | 'rounding' | 'validity'>> & {
    validity?: (Pick<ValidityDraft, 'kind'> & Nullable<Omit<ValidityDraft, 'kind'>>) | null;
  };

type Nullable<Value> = { [Name in keyof Value]?: Value[Name] | null };

/** Reads the terms of an input. */
export function readTermsInput({ validity, ...input }: ProgramTermsArgument): ProgramTermsDraft {
  return {
    ...input,
    minimumPurchaseMinor: input.minimumPurchaseMinor ?? 0n,
    activationDelayDays: input.activationDelayDays ?? 0,
    validity: validity
      ? {
          kind: validity.kind,
          days: validity.days ?? undefined,
          on: validity.on ?? undefined,
          months: validity.months ?? undefined,
        }
      : undefined,
    pointValidityDays: input.pointValidityDays ?? undefined,
    negativeBalance: input.negativeBalance ?? 'NEVER',
    refundGraceDays: input.refundGraceDays ?? 0,
  };
}

/** Defines the success of a command that publishes a version of a program. */
export function programSuccess(name: string, description: string) {
  return builder.objectRef<Answered<ProgramResult>>(name).implement({
    description,
    fields: (t) => ({
      program: t.prismaField({
        type: 'LoyaltyProgram',
        description: 'The program, as it is now.',
        resolve: (query, { programId }, _arguments, { services }) =>
          services.prisma.loyaltyProgram.findUniqueOrThrow({ ...query, where: { id: toUuid(programId, 'prg') } }),
      }),
      programVersion: t.field({
        type: programVersion,
        description: 'The version that was published.',
        resolve: ({ programId, version }, _arguments, { services }) =>
          readProgramVersion(services.database, toUuid(programId, 'prg'), version),
      }),
      isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
    }),
  });
}
