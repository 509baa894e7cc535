import type { Caller } from '@localplus/identity';
import { demandIdempotencyKey } from '@localplus/subgraph-server';
import type { CommandTools, Keyed } from '../../commands/command.ts';
import type { MerchantContext } from '../context.ts';
import { asRequestFailure } from '../failures.ts';

/** Gives a command as the caller of the request. What is wrong with the request itself fails with its code. */
export async function runCommand<Input extends Keyed, Answer>(
  command: (tools: CommandTools, caller: Caller, input: Input) => Promise<Answer>,
  { services, caller }: MerchantContext,
  input: Input,
): Promise<Answer> {
  demandIdempotencyKey(input.idempotencyKey);
  return asRequestFailure(command(services, caller, input));
}
