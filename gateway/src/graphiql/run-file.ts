import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const byMerchant = z.record(z.string(), z.string()).default({});

const runFileSchema = z.object({
  tokens: z.object({
    platformOperator: z.string().optional(),
    partner: byMerchant,
    owner: byMerchant,
    manager: byMerchant,
    cashier: byMerchant,
  }),
  demo: z.object({
    merchants: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        programId: z.string(),
        storeIds: z.array(z.string()),
        wallets: z.array(z.object({ id: z.string(), consumerId: z.string(), token: z.string() })),
      }),
    ),
  }),
});

/** What a started platform offers to somebody who wants to try it: tokens by role, ids of the demo. */
export type RunFile = z.output<typeof runFileSchema>;

/** What is offered before the platform has written its file. */
const nothing: RunFile = { tokens: { partner: {}, owner: {}, manager: {}, cashier: {} }, demo: { merchants: [] } };

/**
 * Reads the file that the platform writes when it is ready.
 * @throws when it holds something else
 */
export async function readRunFile(file: string | undefined): Promise<RunFile> {
  if (file === undefined) return nothing;
  try {
    return runFileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return nothing;
    throw error;
  }
}
