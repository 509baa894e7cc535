/**
 * Writes a value as one text, the same for equal values: properties sorted, those that are undefined left out, whole numbers
 * of any size and instants in a form of their own.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return `@${value.toISOString()}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const properties = Object.entries(value)
      .filter(([, property]) => property !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${properties.map(([name, property]) => `${JSON.stringify(name)}:${canonicalText(property)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
