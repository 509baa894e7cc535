import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';

interface FetchManager {
  start(): Promise<void>;
  stop(): Promise<void>;
}
type CreateFetchManager = (settings: {
  logger: unknown;
  getNodeIds: () => number[];
  fetch: (nodeId: number) => Promise<never[]>;
  handler: () => Promise<void>;
  isRunning: () => boolean;
}) => FetchManager;

const createFetchManager: CreateFetchManager = createRequire(import.meta.url)('kafkajs/src/consumer/fetchManager.js');

const debug = vi.fn<(message: string) => void>();
const logger = { debug, info: debug, namespace: () => logger };
/** Whoever asks so often for nothing would never have stopped. */
const asksMax = 100;

test('a kafkajs consumer that is stopped while the brokers change ends, and does not ask for nothing for ever', async () => {
  let [isRunning, nodeIds, asks] = [true, [1, 2], 0];
  const answers = [Promise.withResolvers<never[]>(), Promise.withResolvers<never[]>()];
  const manager = createFetchManager({
    logger,
    getNodeIds: () => nodeIds,
    fetch: async (nodeId) => {
      if (isRunning) return answers[nodeId - 1]?.promise ?? [];
      asks += 1;
      if (asks > asksMax) throw new Error('the fetchers of a consumer that was stopped go on');
      return [];
    },
    handler: async () => undefined,
    isRunning: () => isRunning,
  });
  const ended = manager.start();

  // A broker is gone: the first fetcher notices, and the second one is waited for.
  nodeIds = [2];
  answers[0]?.resolve([]);
  await vi.waitFor(() => expect(debug).toHaveBeenCalledWith('Stopping fetchers...'));
  isRunning = false;
  const stopped = manager.stop();
  answers[1]?.resolve([]);

  await expect(ended).resolves.toBeUndefined();
  await stopped;
  expect(asks).toBe(0);
});
