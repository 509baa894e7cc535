import { InputRules } from '../domain/input-rules.ts';
import { decideStart, intentOf, type ProgramTermsDraft, readTerms, versionsMax } from '../domain/program.ts';
import { LimitReached, UnknownProgram } from '../domain/refusals.ts';
import type { Actor } from '../domain/rights.ts';
import { requireDateAhead } from '../domain/validity.ts';
import { announceProgram } from '../store/announcements.ts';
import { merchantOf } from '../store/ownership.ts';
import { insertVersion, readLatestVersion } from '../store/programs.ts';
import type { Answered } from './answer-once.ts';
import { type CommandTools, commandMerchant, type Keyed } from './command.ts';
import type { ProgramResult } from './create-program.ts';

export interface ChangeProgramInput extends Keyed {
  /** `prg_…` */
  programId: string;
  terms: ProgramTermsDraft;
  /** Undefined means as early as it may. */
  startsAt: Date | undefined;
}

/**
 * Publishes a new version of a loyalty program. What was published before stays. For owners and managers.
 * @throws InvalidInput, UnknownProgram, InvalidStart, LimitReached, IdempotencyKeyReused, RoleNotAllowed
 */
export async function changeProgram(
  tools: CommandTools,
  caller: Actor,
  input: ChangeProgramInput,
): Promise<Answered<ProgramResult>> {
  const rules = new InputRules();
  const { programId, startsAt } = input;
  const terms = readTerms(rules, input.terms);
  rules.check();

  return commandMerchant(tools, caller, {
    name: 'changeProgram',
    rights: { roles: ['owner', 'manager'] },
    idempotencyKey: input.idempotencyKey,
    input: { programId, terms: intentOf(terms), startsAt },
    findMerchant: (transaction) => merchantOf(transaction, 'prg', programId),
    unknown: UnknownProgram,
    work: async (transaction, merchant) => {
      const latest = await readLatestVersion(transaction, programId);
      const version = latest.version + 1;
      if (version > versionsMax) throw new LimitReached('versions of a program', versionsMax);
      const publishedAt = tools.clock();
      const start = decideStart({ startsAt, now: publishedAt, previousStartsAt: latest.startsAt });
      requireDateAhead(rules, terms, { startsAt: start, timeZone: merchant.timeZone });
      rules.check();
      await insertVersion(transaction, merchant.id, programId, { version, ...terms, startsAt: start, publishedAt });
      await announceProgram(transaction, programId);
      return { programId, version };
    },
  });
}
