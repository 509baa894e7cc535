import { fromUuid, type IdentifierPrefix } from '@localplus/identifiers';

/** What the columns of a fault identify. */
const prefixes: Readonly<Record<string, IdentifierPrefix>> = {
  account: 'acc',
  hold: 'hol',
  limit: 'lim',
  lot: 'lot',
  merchant: 'mer',
  transaction: 'trx',
};

/**
 * Says what is at fault, with identifiers as everybody else sees them.
 * @param holderPrefix what the holder of the fault is, where it names one
 */
export function describeFault(fault: Readonly<Record<string, unknown>>, holderPrefix: 'wal' | 'gc'): string {
  return Object.entries(fault)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${written(name, value, holderPrefix)}`)
    .join(', ');
}

function written(name: string, value: unknown, holderPrefix: 'wal' | 'gc'): string {
  const prefix = name === 'holder' ? holderPrefix : prefixes[name];
  if (prefix !== undefined && typeof value === 'string') return fromUuid(prefix, value);
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
