const pollMs = 20;

/**
 * Polls until the condition yields something other than undefined or false, and returns it.
 * @throws when that has not happened by the deadline; the message says what was awaited and the last error of the condition
 */
export async function waitUntil<Value>(
  awaited: string,
  condition: () => Promise<Value | undefined | false> | Value | undefined | false,
  timeoutMs: number,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain: ${awaited}.`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
