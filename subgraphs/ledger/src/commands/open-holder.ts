import type { Asset } from '../domain/balance.ts';
import { openedKinds } from '../domain/chart-of-accounts.ts';
import { InvalidInput } from '../domain/failures.ts';
import type { Holder } from '../domain/holder.ts';
import { isAsset } from '../domain/input-rules.ts';
import type { Sql } from '../store/connection.ts';
import { insertHolder } from '../store/holder-rows.ts';

/** A holder that is to be opened. Ids are UUIDs, chosen by whoever owns the wallet or card. */
export interface HolderOpening extends Pick<Holder, 'kind' | 'merchantId' | 'programId' | 'consumerId'> {
  holderId: string;
  /** What it gets an account for: one or more, none twice. */
  assets: readonly Asset[];
}

/** More kinds of value than one wallet ever counts. */
const assetsMax = 16;

/**
 * Opens a holder with its accounts. Asking again for the same changes nothing.
 * @returns whether the holder is now as asked: false where it exists with another owner or other assets
 * @throws InvalidInput for assets that cannot be
 */
export async function openHolder(sql: Sql, opening: HolderOpening): Promise<boolean> {
  const { assets } = opening;
  const codes = new Set(assets.map(({ code }) => code));
  if (assets.length === 0 || assets.length > assetsMax || codes.size < assets.length || !assets.every(isAsset)) {
    throw new InvalidInput(`A holder is opened with 1 to ${assetsMax} different assets, each with its code and scale.`);
  }
  const { own, issuer } = openedKinds[opening.kind];
  return insertHolder(sql, { ...opening, ownAccountKinds: own, issuerAccountKinds: issuer });
}
