import { type PartitionAssigner, PartitionAssigners } from 'kafkajs';

/**
 * The round-robin assigner, with something to be done before each join: kafkajs itself takes part in a rebalance without
 * waiting for the handlers that still work on the partitions it gives away. Looking for the coordinator is the first step of
 * a join, and awaited.
 * @param beforeJoin rejects when the consumer shall not join any more
 */
export function drainingAssigner(beforeJoin: () => Promise<void>): PartitionAssigner {
  return (config) => {
    const { cluster } = config;
    const findGroupCoordinator = cluster.findGroupCoordinator.bind(cluster);
    cluster.findGroupCoordinator = async (group) => {
      await beforeJoin();
      return findGroupCoordinator(group);
    };
    return PartitionAssigners.roundRobin(config);
  };
}
