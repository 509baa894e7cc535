/** A bug that a real ledger had, or might well have, as a change of this one's code. */
export interface SeededFault {
  /** Two words or three that name it. */
  readonly name: string;
  /** What goes wrong with it, for a reader of the table. */
  readonly defect: string;
  /** Whose defect it was, by its row in the list of what users of other ledgers complain about. */
  readonly seenAs?: string;
  /** The file that it is in, from the root of the workspace. */
  readonly file: string;
  /** Each `find` stands exactly once in the file. */
  readonly changes: readonly { readonly find: string; readonly replace: string }[];
  /** What is to catch it: a part of the name of a test, in a file of a project of vitest. */
  readonly caughtBy: { readonly project: 'unit' | 'integration'; readonly file: string; readonly test: string };
}

/**
 * The text of a file with the fault in it.
 * @throws Error when the code has moved on, so that the fault has to be written anew
 */
export function withFault(text: string, { name, file, changes }: SeededFault): string {
  return changes.reduce((changed, { find, replace }) => {
    const places = changed.split(find).length - 1;
    if (places !== 1)
      throw new Error(`The fault "${name}" fits ${file} in ${places} places: write it anew for ${find}`);
    return changed.replace(find, () => replace);
  }, text);
}
