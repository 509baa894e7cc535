const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * The partition of a key, the same as Kafka's default partitioner chooses: murmur2 of its UTF-8 bytes.
 * @param partitions how many the topic has
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key, 'utf8')) & 0x7fffffff) % partitions;
}

/** The 32-bit murmur2 hash as Kafka computes it (its seed), as a signed integer. */
export function murmur2(bytes: Buffer): number {
  let hash = seed ^ bytes.length;
  const wholeWordsEnd = bytes.length & ~3;
  for (let at = 0; at < wholeWordsEnd; at += 4) {
    const scrambled = Math.imul(bytes.readInt32LE(at), multiplier);
    hash = Math.imul(hash, multiplier) ^ Math.imul(scrambled ^ (scrambled >>> 24), multiplier);
  }
  const rest = bytes.length - wholeWordsEnd;
  if (rest > 0) hash = Math.imul(hash ^ bytes.readUIntLE(wholeWordsEnd, rest), multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
