import type { Asset } from './balance.ts';

/** Free text in rows that are kept for ever is kept too short and too plain for a person's data. */
const referenceForm = /^[A-Za-z0-9._/-]{1,64}$/;

const assetCodeForm = /^(?:[A-Z]{3}|PTS\.[0-7][0-9a-hjkmnp-tv-z]{25})$/;
/** No currency has more decimal digits. */
const scaleMax = 4;

/** How late a till may report a purchase: a long weekend without a network. */
const lateReportLimitMs = 72 * 60 * 60 * 1_000;
/** How far a till's clock may be ahead of ours. */
const clockAheadLimitMs = 60 * 1_000;

/** Whether a text may stand in the journal as a reference or a reason. */
export function isReference(text: string): boolean {
  return referenceForm.test(text);
}

/** More lines than any receipt of a local merchant has. */
const linesMax = 100;

/** Whether texts may stand in the journal as the names of a purchase's lines: some, none twice. */
export function isReferenceList(texts: readonly string[]): boolean {
  return (
    texts.length >= 1 && texts.length <= linesMax && new Set(texts).size === texts.length && texts.every(isReference)
  );
}

/** The instants between which something may have occurred; no `earliest` means without bound. */
export interface TimeBounds {
  earliest: Date | undefined;
  latest: Date;
}

/** The bounds for what is reported now. Imports may go back without bound, never ahead. */
export function timeBounds(now: Date, { isImport }: { isImport: boolean }): TimeBounds {
  return {
    earliest: isImport ? undefined : new Date(now.getTime() - lateReportLimitMs),
    latest: new Date(now.getTime() + clockAheadLimitMs),
  };
}

/** Whether an instant lies within bounds, both included. */
export function isWithinTime({ earliest, latest }: TimeBounds, at: Date): boolean {
  return (earliest === undefined || at >= earliest) && at <= latest;
}

/** Whether a text names a currency, or the points of a program. */
export function isAssetCode(text: string): boolean {
  return assetCodeForm.test(text);
}

/** Whether something can be counted in accounts: a currency, or the points of a program. */
export function isAsset({ code, scale }: Asset): boolean {
  return isAssetCode(code) && Number.isInteger(scale) && scale >= 0 && scale <= scaleMax;
}
