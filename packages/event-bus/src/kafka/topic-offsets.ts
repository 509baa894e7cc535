import type { TopicDeclaration } from '../topics.ts';
import type { Administration } from './administration.ts';
import type { TopicPartition } from './consumer-session.ts';

/** What a partition keeps: from `low` up to, and without, `high`. */
export type KeptRange = TopicPartition & { readonly low: bigint; readonly high: bigint };

/** What is kept of each partition, ordered by topic and partition. */
export async function readKeptRanges(cluster: Administration, topics: readonly string[]): Promise<KeptRange[]> {
  const ranges = await Promise.all(
    topics.map(async (topic) => {
      const offsets = await cluster.ask((admin) => admin.fetchTopicOffsets(topic));
      return offsets.map(({ partition, low, high }) => ({ topic, partition, low: BigInt(low), high: BigInt(high) }));
    }),
  );
  return ranges.flatMap((those) => those.sort((a, b) => a.partition - b.partition));
}

/** The range of one partition. @throws Error when the topic has none of this number */
export function rangeOf(ranges: readonly KeptRange[], { topic, partition }: TopicPartition): KeptRange {
  const range = ranges.find((those) => those.topic === topic && those.partition === partition);
  if (!range) throw new Error(`topic ${topic} has no partition ${partition}`);
  return range;
}

/** The later of two offsets. */
export function laterOf(one: bigint, other: bigint): bigint {
  if (one > other) return one;
  return other;
}

/** @throws Error when a topic was not declared */
export function assertDeclared(declared: ReadonlyMap<string, TopicDeclaration>, topics: readonly string[]): void {
  for (const name of topics) if (!declared.has(name)) throw new Error(`no topic is named ${name}`);
}
