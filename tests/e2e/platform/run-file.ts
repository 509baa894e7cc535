import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** One merchant of the demo. */
export interface DemoMerchant {
  id: string;
  name: string;
  programId: string;
  storeIds: string[];
  wallets: { id: string; consumerId: string; token: string }[];
}

/** What `npm start` writes when it is ready. */
export interface RunFile {
  gateway: { http: string; websocket: string };
  tokens: {
    platformOperator: string;
    partner: Record<string, string>;
    owner: Record<string, string>;
    manager: Record<string, string>;
    cashier: Record<string, string>;
  };
  demo: { merchants: DemoMerchant[] };
  processes: { name: string; pid: number; restarts: number }[];
}

/** Reads the run file of a platform; undefined while it is not ready. */
export function readRunFile(stateDirectory: string): RunFile | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDirectory, 'run.json'), 'utf8')) as RunFile;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes what an earlier run has left. */
export function removeRunFile(stateDirectory: string): Promise<void> {
  return rm(join(stateDirectory, 'run.json'), { force: true });
}
