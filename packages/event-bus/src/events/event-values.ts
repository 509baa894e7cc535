import type { JsonValue } from '../json.ts';
import type { ACCESS_CHANGED, AccessChanged } from './access-changed.ts';
import type { BALANCE_CHANGED, BalanceChanged } from './balance-changed.ts';
import type { MERCHANT_CHANGED, MerchantChanged } from './merchant-changed.ts';
import type { PROGRAM_CHANGED, ProgramChanged } from './program-changed.ts';

/** What each topic of the platform carries. */
export type EventValues = {
  [BALANCE_CHANGED]: BalanceChanged;
  [MERCHANT_CHANGED]: MerchantChanged;
  [PROGRAM_CHANGED]: ProgramChanged;
  [ACCESS_CHANGED]: AccessChanged;
};

/** A topic of the platform. */
export type TopicName = keyof EventValues;

/** What a topic carries: the platform's by their types, others as plain JSON. */
export type EventValue<Topic extends string> = Topic extends TopicName ? EventValues[Topic] : JsonValue;
