// Whether processes are ready, as the health check of a container asks: node start/check-health.ts <address> …
// Ends with 0 when each address answers well, otherwise with 1 and a line on what does not.

/** Shorter than the orchestrator's own limit, so that the reason is told and not cut off. */
const answerLimitMs = 4_000;

async function problemAt(address: string): Promise<string[]> {
  try {
    const { ok, status } = await fetch(address, { signal: AbortSignal.timeout(answerLimitMs) });
    return ok ? [] : [`${address} answers ${status}`];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return [`${address} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`];
  }
}

const addresses = process.argv.slice(2);
if (addresses.length === 0) {
  console.error('Usage: node start/check-health.ts <address> …');
  process.exitCode = 1;
}
for (const problem of (await Promise.all(addresses.map(problemAt))).flat()) {
  console.error(problem);
  process.exitCode = 1;
}
