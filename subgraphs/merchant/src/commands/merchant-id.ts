import { parseId } from '@localplus/identifiers';

/** The merchant that an input names; undefined where the text cannot name one. */
export function readMerchantId(text: string): string | undefined {
  return parseId(text, 'mer') === undefined ? undefined : text;
}
