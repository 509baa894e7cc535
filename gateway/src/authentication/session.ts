import type { Caller } from '@localplus/identity';

/** On whose behalf an operation runs. */
export interface Session {
  readonly caller: Caller;
  /** Equal for sessions that may see the same; what is shared between clients is shared by this key. */
  readonly key: string;
  /** False while the merchant subgraph could not be asked: the caller may have rights that nobody knows of now. */
  readonly knowsMemberships: boolean;
  /** The signed internal identity, valid for at least 30 s. */
  identity(): Promise<string>;
}
