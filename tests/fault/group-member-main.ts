import { testTopic } from '@localplus/outbox/testing';
import { createPool } from '@localplus/postgres';
import { beMember } from './member-process.ts';
import { type BusAddress, openBus } from './open-bus.ts';
import { Projection } from './projection.ts';

/** What a member of the group is told. */
export type GroupMemberOrders = {
  readonly address: BusAddress;
  readonly connectionString: string;
  readonly table: string;
};

if (import.meta.main) {
  beMember(async ({ address, connectionString, table }: GroupMemberOrders) => {
    const projection = new Projection(createPool({ connectionString, name: 'proof member', max: 4 }), table);
    const bus = await openBus(address);
    await bus.consumeAsGroup({
      group: 'proof.projection',
      topics: [testTopic],
      handler: ({ events }) => projection.apply(events),
    });
    return { stop: () => bus.close() };
  });
}
