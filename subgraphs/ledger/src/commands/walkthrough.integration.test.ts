import { join } from 'node:path';
import { createTestDatabase } from '@localplus/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFaults } from '../../test/invariants.ts';
import { type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { linesAfter, lotsOf } from '../../test/walkthrough/journal.ts';
import { type Played, pageOf } from '../../test/walkthrough/page.ts';
import { Stage } from '../../test/walkthrough/stage.ts';
import { story, storyTerms } from '../../test/walkthrough/story.ts';

const page = join(import.meta.dirname, '../../../../docs/ledger-walkthrough.md');

let house: LedgerHouse;

beforeAll(async () => {
  house = await openLedgerHouse(await createTestDatabase());
});
afterAll(() => house.close());

test('the page that walks through the postings says what the ledger posts', async () => {
  const wallet = await house.openWallet(await house.addMerchant([storyTerms]));
  const stage = new Stage(house, wallet);
  const played: Played[] = [];
  for (const scene of story) {
    const { version } = await house.stateOf(wallet.holderId);
    house.now = new Date(`${scene.on}T12:00:00Z`);
    await scene.play(stage);
    played.push({
      scene,
      lines: await linesAfter(house, wallet.holderId, version),
      lots: await lotsOf(house, wallet.holderId),
      balance: await house.stateOf(wallet.holderId),
    });
  }
  expect(await findFaults(house.pool)).toEqual([]);
  await expect(pageOf(played)).toMatchFileSnapshot(page);
});
