/** Integers with fewer digits are exact as numbers. */
const longDigitsPattern = /\d{16}/;
const integerPattern = /^-?\d+$/;

/** Keeps integers that a number cannot hold exactly. For `JSON.parse`; the source is what was written. */
export function exactIntegers(_key: string, value: unknown, written?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = written?.source;
  return source !== undefined && integerPattern.test(source) ? BigInt(source) : value;
}

/**
 * Reads JSON without losing digits: an integer beyond 2^53 becomes a bigint, so that an amount is never another amount.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  return longDigitsPattern.test(text) ? JSON.parse(text, exactIntegers) : JSON.parse(text);
}
