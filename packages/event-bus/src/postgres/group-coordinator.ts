import type { Pool } from 'pg';
import { LEASE_MS } from './limits.ts';

/** A partition that a member owns, under a generation that fences former owners off. */
export type OwnedPartition = {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly isCompacted: boolean;
  readonly generation: bigint;
};

/** What a heartbeat answers of each owned partition. */
export type Ownership = {
  readonly owned: OwnedPartition;
  readonly committedOffset: bigint;
  /** More than the member's share: to be released. */
  readonly isSurplus: boolean;
};

/** Who the member is, and what of. */
export type Membership = {
  readonly group: string;
  readonly member: string;
  readonly topics: readonly string[];
  readonly startsAtEnd: boolean;
};

type OwnershipRow = {
  partition_id: number;
  topic: string;
  partition: number;
  is_compacted: boolean;
  generation: bigint;
  committed_offset: bigint;
  is_surplus: boolean;
};

/** The tables of a group as one of its members uses them. */
export class GroupCoordinator {
  readonly #pool: Pool;
  readonly #membership: Membership;

  constructor(pool: Pool, membership: Membership) {
    this.#pool = pool;
    this.#membership = membership;
  }

  /** Shows that the member lives, claims its share, and tells what it owns now. */
  async heartbeat(session: string | undefined): Promise<Ownership[]> {
    const { group, member, topics, startsAtEnd } = this.#membership;
    const { rows } = await this.#pool.query<OwnershipRow>({
      name: 'heartbeat',
      text: 'select * from heartbeat($1, $2, $3, $4, $5, $6)',
      values: [group, member, topics, session, startsAtEnd, LEASE_MS],
    });
    return rows.map((row) => ({
      owned: {
        id: row.partition_id,
        topic: row.topic,
        partition: row.partition,
        isCompacted: row.is_compacted,
        generation: row.generation,
      },
      committedOffset: row.committed_offset,
      isSurplus: row.is_surplus,
    }));
  }

  /** Stores the next offset to handle. False when the partition has passed to another owner, or another time. */
  async commit({ id, generation }: OwnedPartition, nextOffset: bigint): Promise<boolean> {
    const { group, member } = this.#membership;
    const { rows } = await this.#pool.query<{ is_committed: boolean }>({
      name: 'commit-offset',
      text: 'select commit_offset($1, $2, $3, $4, $5) as is_committed',
      values: [group, member, id, generation, nextOffset],
    });
    return rows[0]?.is_committed === true;
  }

  /** Gives a partition back for others to claim. */
  async release({ id, generation }: OwnedPartition): Promise<void> {
    const { group, member } = this.#membership;
    await this.#pool.query('select release_partition($1, $2, $3, $4)', [group, member, id, generation]);
  }

  /** Gives everything back and ends the membership. */
  async leave(): Promise<void> {
    const { group, member } = this.#membership;
    await this.#pool.query('select leave_group($1, $2)', [group, member]);
  }

  /** Records between the group's committed offsets and the ends of the partitions. */
  async lag(): Promise<{ topic: string; partition: number; records: bigint }[]> {
    const { group, topics } = this.#membership;
    const { rows } = await this.#pool.query<{ topic: string; partition: number; records: bigint }>(
      `select p.topic, p.partition, p.next_offset - g.committed_offset as records
       from partitions p join group_partitions g on g.partition_id = p.id and g.group_name = $1
       where p.topic = any ($2) order by p.topic, p.partition`,
      [group, topics],
    );
    return rows;
  }
}
