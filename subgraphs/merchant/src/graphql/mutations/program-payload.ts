import { toUuid } from '@localplus/identifiers';
import { isReplayDescription } from '@localplus/subgraph-server';
import type { Answered } from '../../commands/answer-once.ts';
import type { ProgramResult } from '../../commands/create-program.ts';
import type { ProgramTerms } from '../../domain/program.ts';
import { readProgramVersion } from '../../store/program-versions.ts';
import { builder } from '../builder.ts';
import { rounding } from '../enums.ts';
import { programVersion } from '../program-version.ts';

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
    pointValidityDays: t.int({
      description: 'Days that a point is valid, 1 to 3,650; left out for points without end.',
    }),
  }),
});

/** Reads the terms of an input, where what may be left out may be null as well. */
export function readTermsInput(
  input: Omit<ProgramTerms, 'minimumPurchaseMinor' | 'pointValidityDays'> & {
    minimumPurchaseMinor?: bigint | null;
    pointValidityDays?: number | null;
  },
): ProgramTerms {
  const { minimumPurchaseMinor, pointValidityDays, ...terms } = input;
  return {
    ...terms,
    minimumPurchaseMinor: minimumPurchaseMinor ?? 0n,
    pointValidityDays: pointValidityDays ?? undefined,
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
