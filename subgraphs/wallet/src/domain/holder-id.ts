import { InvalidIdentifier, parseId } from '@localplus/identifiers';

/**
 * Reads the UUID out of the identifier of a holder: a wallet, or a gift card, whose balances are kept here too.
 * @throws InvalidIdentifier
 */
export function holderUuid(holderId: string): string {
  const uuid = parseId(holderId, 'wal') ?? parseId(holderId, 'gc');
  if (uuid === undefined) throw new InvalidIdentifier('wal');
  return uuid;
}
