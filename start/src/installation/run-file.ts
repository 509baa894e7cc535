import { rmSync } from 'node:fs';
import { writePrivateJson } from './private-file.ts';
import type { StateDirectory } from './state-directory.ts';

/** A merchant of the demo, as scripts find it. */
export interface DemoMerchant {
  id: string;
  name: string;
  programId: string;
  storeIds: string[];
  wallets: { id: string; consumerId: string; token: string }[];
}

/** Ready credentials; those of staff and partners by the id of their merchant. */
export interface RunTokens {
  platformOperator?: string;
  partner: Record<string, string>;
  owner: Record<string, string>;
  manager: Record<string, string>;
  cashier: Record<string, string>;
}

/** What a running installation tells scripts: addresses, tokens, demo ids, processes, the way to the event bus. */
export interface RunFile {
  gateway: { http: string; websocket: string };
  tokens: RunTokens;
  demo: { merchants: DemoMerchant[] };
  processes: { name: string; pid: number | undefined; restarts: number }[];
  /** Variables that name the event bus and let one in, as processes get them. */
  eventBus: Record<string, string>;
}

/** Writes the run file in one step, for its owner alone. */
export function writeRunFile({ runFile }: StateDirectory, content: RunFile): void {
  writePrivateJson(runFile, content);
}

/** Takes the run file away: nothing runs. */
export function removeRunFile({ runFile }: StateDirectory): void {
  rmSync(runFile, { force: true });
}
