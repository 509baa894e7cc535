import balanceChanged from '../../../schema/events/localplus.ledger.balance-changed.v1.json' with { type: 'json' };
import accessChanged from '../../../schema/events/localplus.merchant.access-changed.v1.json' with { type: 'json' };
import merchantChanged from '../../../schema/events/localplus.merchant.merchant-changed.v1.json' with { type: 'json' };
import programChanged from '../../../schema/events/localplus.merchant.program-changed.v1.json' with { type: 'json' };
import { ACCESS_CHANGED } from './events/access-changed.ts';
import { BALANCE_CHANGED } from './events/balance-changed.ts';
import type { TopicName } from './events/event-values.ts';
import { MERCHANT_CHANGED } from './events/merchant-changed.ts';
import { PROGRAM_CHANGED } from './events/program-changed.ts';
import type { JsonObject } from './json.ts';

/** A topic as every adapter creates or checks it at start. */
export type TopicDeclaration = {
  readonly name: string;
  /** Can be raised, which moves keys to other partitions; never lowered. */
  readonly partitions: number;
  /** `delete`: records are kept for `retentionMs`. `compact`: the newest record of each key is kept for ever. */
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number;
  /** JSON Schema (2020-12) of the value. */
  readonly schema: JsonObject;
};

/** More than a subgraph has processes, so that each gets its share. */
const partitions = 8;

/** A consumer that was away for a long week-end finds everything. */
const retentionMs = 7 * 24 * 3_600_000;

function declare(
  name: TopicName,
  schema: JsonObject,
  cleanup: TopicDeclaration['cleanup'] = 'delete',
): TopicDeclaration {
  return { name, partitions, cleanup, retentionMs, schema };
}

/** Every topic of the platform. */
export const TOPICS: readonly TopicDeclaration[] = [
  declare(BALANCE_CHANGED, balanceChanged),
  declare(MERCHANT_CHANGED, merchantChanged, 'compact'),
  declare(PROGRAM_CHANGED, programChanged, 'compact'),
  declare(ACCESS_CHANGED, accessChanged),
];
