import { z } from 'zod';
import { readJson, writePrivateJson } from '../installation/private-file.ts';
import type { StateDirectory } from '../installation/state-directory.ts';

const walletSchema = z.object({ id: z.string(), consumerId: z.string(), subject: z.string(), givenName: z.string() });

const merchantSchema = z.object({
  slug: z.string(),
  id: z.string(),
  name: z.string(),
  programId: z.string(),
  storeIds: z.array(z.string()),
  partner: z.object({ name: z.string(), key: z.string() }),
  staff: z.array(
    z.object({ role: z.enum(['owner', 'manager', 'cashier']), displayName: z.string(), subject: z.string() }),
  ),
  wallets: z.array(walletSchema),
});

const demoSchema = z.object({
  /** The day that the history ends before: a seed that goes on draws the same history. */
  today: z.string(),
  /** Whether everything is there. */
  isComplete: z.boolean(),
  merchants: z.array(merchantSchema),
});

/** A merchant of the demo as it was made. */
export type SeededMerchant = z.output<typeof merchantSchema>;
/** A wallet of the demo as it was made. */
export type SeededWallet = z.output<typeof walletSchema>;
/** What of the demo is there. */
export type DemoState = z.output<typeof demoSchema>;

/** Reads how far the demo is; undefined before the first attempt. */
export function readDemo({ demoFile }: StateDirectory): DemoState | undefined {
  const content = readJson(demoFile);
  return content === undefined ? undefined : demoSchema.parse(content);
}

/** Keeps how far the demo is. The partners' keys are shown once and stand here alone. */
export function writeDemo({ demoFile }: StateDirectory, demo: DemoState): void {
  writePrivateJson(demoFile, demo);
}
