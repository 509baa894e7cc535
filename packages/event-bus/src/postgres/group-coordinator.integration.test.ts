import { randomUUID } from 'node:crypto';
import { createPool } from '@localplus/postgres';
import { createTestDatabase, type TestDatabase } from '@localplus/test-database';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GroupCoordinator, type Ownership } from './group-coordinator.ts';
import { declareTopics } from './topic-catalog.ts';

describe('the tables of a group', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool({ connectionString: database.connectionString('bus'), name: 'group test', max: 4 });
    const topic = { cleanup: 'delete', retentionMs: 1_000, schema: {} } as const;
    await declareTopics(pool, [
      { ...topic, name: 'eight', partitions: 8 },
      { ...topic, name: 'one', partitions: 1 },
    ]);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  function member(group: string, topics: readonly string[]): GroupCoordinator {
    return new GroupCoordinator(pool, { group, topics, member: randomUUID(), startsAtEnd: false });
  }

  /** Beats for every member, releasing what is too much, until each has its share. */
  async function settle(members: readonly GroupCoordinator[]): Promise<number[]> {
    let shares: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      shares = [];
      for (const coordinator of members) {
        const ownerships = await coordinator.heartbeat(undefined);
        const surplus = ownerships.filter(({ isSurplus }) => isSurplus);
        for (const { owned } of surplus) await coordinator.release(owned);
        shares.push(ownerships.length - surplus.length);
      }
    }
    return shares.sort();
  }

  async function expire(group: string): Promise<void> {
    await pool.query(`update group_members set lease_until = now() - interval '1 s' where group_name = $1`, [group]);
  }

  async function only(ownerships: Promise<Ownership[]>): Promise<Ownership> {
    const [ownership, ...others] = await ownerships;
    if (!ownership || others.length > 0) throw new Error('one partition was to be owned');
    return ownership;
  }

  test.each([
    [1, [8]],
    [2, [4, 4]],
    [3, [2, 3, 3]],
    [5, [1, 1, 2, 2, 2]],
    [9, [0, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('eight partitions are shared evenly among %i members, all of them and none twice', async (count, expected) => {
    const group = `even.${count}`;
    const members: GroupCoordinator[] = [];
    for (let n = 0; n < count; n += 1) {
      members.push(member(group, ['eight']));
      await settle(members);
    }
    expect(await settle(members)).toEqual(expected);
  });

  test('members with different topics get partitions of their own topics alone', async () => {
    const [both, single] = [member('mixed', ['eight', 'one']), member('mixed', ['one'])];
    await settle([both, single]);
    const topics = (ownerships: Ownership[]) => ownerships.map(({ owned }) => owned.topic);
    const [ofBoth, ofSingle] = [topics(await both.heartbeat(undefined)), topics(await single.heartbeat(undefined))];
    expect(ofBoth.filter((topic) => topic === 'eight')).toHaveLength(8);
    expect(ofSingle).not.toContain('eight');
    expect([...ofBoth, ...ofSingle].filter((topic) => topic === 'one')).toHaveLength(1);
  });

  test('a member that lost a partition and won it again cannot commit what it handled before', async () => {
    const [first, second] = [member('fenced', ['one']), member('fenced', ['one'])];
    const before = await only(first.heartbeat(undefined));
    await expire('fenced');
    const between = await only(second.heartbeat(undefined));
    expect(await second.commit(between.owned, 100n)).toBe(true);
    await second.leave();
    const after = await only(first.heartbeat(undefined));
    expect(after.committedOffset).toBe(100n);
    expect(await first.commit(before.owned, 10n)).toBe(false);
    expect(await first.commit(after.owned, 101n)).toBe(true);
  });

  test('a member whose session ended is replaced at once; one without a session when its lease ends', async () => {
    const [dead, silent, living] = [member('ended', ['one']), member('silent', ['one']), member('silent', ['one'])];
    await dead.heartbeat('1@1.5');
    await only(member('ended', ['one']).heartbeat(undefined));
    await silent.heartbeat(undefined);
    expect(await living.heartbeat(undefined)).toEqual([]);
    await expire('silent');
    await only(living.heartbeat(undefined));
  });
});
