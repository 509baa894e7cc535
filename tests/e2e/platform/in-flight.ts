/** Runs `count` pieces of work, at most `limit` of them at once, and returns their results in order. */
export async function inFlight<Result>(
  count: number,
  limit: number,
  work: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(count);
  let nextIndex = 0;
  const lane = async () => {
    while (nextIndex < count) {
      const index = nextIndex;
      nextIndex += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane));
  return results;
}
