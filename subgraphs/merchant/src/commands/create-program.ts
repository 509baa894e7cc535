import { newId } from '@localplus/identifiers';
import { InputRules } from '../domain/input-rules.ts';
import {
  decideStart,
  intentOf,
  type ProgramTermsDraft,
  pointAssetCode,
  programsMax,
  readTerms,
} from '../domain/program.ts';
import { LimitReached } from '../domain/refusals.ts';
import { type Actor, isOperator } from '../domain/rights.ts';
import { requireDateAhead } from '../domain/validity.ts';
import { announceProgram } from '../store/announcements.ts';
import { countPrograms, insertProgram, insertVersion } from '../store/programs.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import { readMerchantId } from './merchant-id.ts';

export interface CreateProgramInput extends Keyed {
  /** `mer_…` */
  merchantId: string;
  terms: ProgramTermsDraft;
  /** Undefined means as early as it may. */
  startsAt: Date | undefined;
}

/** `prg_…`, and the number of the version that was made: 1. */
export type ProgramResult = { programId: string; version: number };

/**
 * Creates a loyalty program in the merchant's currency, with its first version. For owners, managers and platform operators;
 * these may let it start in the past, to bring in what was running elsewhere.
 * @throws InvalidInput, MerchantUnknown, InvalidStart, LimitReached, IdempotencyKeyReused, RoleNotAllowed
 */
export async function createProgram(
  tools: CommandTools,
  caller: Actor,
  input: CreateProgramInput,
): Promise<Answered<ProgramResult>> {
  const rules = new InputRules();
  const { merchantId, startsAt } = input;
  const terms = readTerms(rules, input.terms);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'createProgram',
    rights: { roles: ['owner', 'manager'], isOpenToOperators: true },
    idempotencyKey: input.idempotencyKey,
    input: { merchantId, terms: intentOf(terms), startsAt },
    findMerchant: () => readMerchantId(merchantId),
    work: async (transaction, { currency, timeZone }) => {
      const publishedAt = tools.clock();
      const start = decideStart({ startsAt, now: publishedAt, isImport: isOperator(caller) });
      requireDateAhead(rules, terms, { startsAt: start, timeZone });
      rules.check();
      if ((await countPrograms(transaction, merchantId)) >= programsMax)
        throw new LimitReached('programs', programsMax);
      const programId = newId('prg');
      const program = { id: programId, currency, pointAssetCode: pointAssetCode(programId) };
      await insertProgram(transaction, merchantId, program);
      await insertVersion(transaction, merchantId, programId, { version: 1, ...terms, startsAt: start, publishedAt });
      await announceProgram(transaction, programId);
      return { programId, version: 1 };
    },
  });
}
