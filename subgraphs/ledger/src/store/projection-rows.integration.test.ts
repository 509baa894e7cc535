import { newId, toUuid } from '@localplus/identifiers';
import { createTestDatabase } from '@localplus/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LedgerHouse, openLedgerHouse, terms } from '../../test/ledger-house.ts';
import type { MerchantNews, ProgramNews } from '../domain/news.ts';
import { createProgramFinder } from '../queries/find-program.ts';
import { loadProgram, saveMerchant, saveProgram } from './projection-rows.ts';

let house: LedgerHouse;

beforeAll(async () => {
  house = openLedgerHouse(await createTestDatabase());
});

afterAll(() => house.close());

function newsOf(versionCount: number): { merchant: MerchantNews; program: ProgramNews } {
  const [merchantId, programId] = [toUuid(newId('mer'), 'mer'), toUuid(newId('prg'), 'prg')];
  const versions = Array.from({ length: versionCount }, (_, index) => ({
    ...terms,
    version: index + 1,
    points: BigInt(index + 1),
    startsAt: new Date(terms.startsAt.getTime() + index * 1_000),
  }));
  const pointAssetCode = `PTS.${newId('prg').slice('prg_'.length)}`;
  return {
    merchant: {
      ...{ merchantId, version: 1n, status: 'LIVE', storeIds: [toUuid(newId('sto'), 'sto')] },
      ...{ timeZone: 'Europe/Brussels', country: 'BE' },
    },
    program: { programId, merchantId, version: BigInt(versionCount), currency: 'EUR', pointAssetCode, versions },
  };
}

test('news in any order, and more than once, lead to the newest state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }), async (arrivals) => {
      const { merchant, program } = newsOf(5);
      for (const arrival of arrivals) {
        const versions = program.versions.slice(0, arrival);
        await saveMerchant(house.pool, {
          ...merchant,
          version: BigInt(arrival),
          status: arrival % 2 ? 'LIVE' : 'SUSPENDED',
        });
        await saveProgram(house.pool, { ...program, version: BigInt(arrival), versions });
      }
      const newest = Math.max(...arrivals);
      const found = await loadProgram(house.pool, program.programId);
      expect(found?.versions).toEqual(program.versions.slice(0, newest));
      const { rows } = await house.pool.query('SELECT status, version FROM merchant WHERE id = $1', [
        merchant.merchantId,
      ]);
      expect(rows).toEqual([{ status: newest % 2 ? 'LIVE' : 'SUSPENDED', version: BigInt(newest) }]);
    }),
    { numRuns: 20 },
  );
});

test('a program whose merchant was not heard of is not known yet', async () => {
  const { program } = newsOf(1);
  await saveProgram(house.pool, program);
  expect(await loadProgram(house.pool, program.programId)).toBeUndefined();
});

test('a program that was never heard of is asked for once, whoever wants it, and kept', async () => {
  const news = newsOf(2);
  let asked = 0;
  const readNews = async () => {
    asked += 1;
    return news;
  };
  const find = createProgramFinder({ pool: house.pool, readNews });
  const found = await Promise.all(Array.from({ length: 10 }, () => find(news.program.programId)));
  expect(asked).toBe(1);
  expect(found[9]).toMatchObject({ versions: news.program.versions, storeIds: news.merchant.storeIds });
  const nobody = async () => undefined;
  const afterRestart = createProgramFinder({ pool: house.pool, readNews: nobody });
  expect(await afterRestart(news.program.programId)).toEqual(found[0]);
  expect(await afterRestart(toUuid(newId('prg'), 'prg'))).toBeUndefined();
});
