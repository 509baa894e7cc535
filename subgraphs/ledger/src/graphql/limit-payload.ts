import { isReplayDescription } from '@localplus/subgraph-server';
import type { LimitSet } from '../commands/limit-commands.ts';
import type { Refusal } from '../domain/refusals.ts';
import { builder } from './builder.ts';
import { limit } from './limit.ts';

/** Makes the payload of a command that set or ended a limit. */
export function limitPayload(name: string, description: string) {
  return builder.objectRef<LimitSet>(name).implement({
    description,
    fields: (t) => ({
      limit: t.field({ type: limit, description: 'The limit as it is now.', resolve: (result) => result.limit }),
      isReplay: t.exposeBoolean('isReplay', { description: isReplayDescription }),
    }),
  });
}

/** Names the type of a command's result: the code of a refusal, or the payload. */
export function limitResultTypeOf(payload: string) {
  return (result: LimitSet | Refusal) => ('code' in result ? result.code : payload);
}
