import type { BalanceChange } from '../domain/balance-change.ts';
import type { FindProgram } from '../queries/find-program.ts';
import type { DryRunner } from '../store/dry-runner.ts';
import type { FindHolder } from '../store/holder-directory.ts';
import type { JournalDirectory } from '../store/journal-directory.ts';
import type { BalanceState, PostingWriter } from '../store/posting-writer.ts';

/** What commands that post work with. */
export interface PostingCommands {
  findHolder: FindHolder;
  journal: JournalDirectory;
  findProgram: FindProgram;
  writer: Pick<PostingWriter, 'post' | 'postAll'>;
  dryRunner: Pick<DryRunner, 'tryOut'>;
  /** Tells the wallet what was committed. Never rejects. */
  tellWallet: (changes: readonly BalanceChange[]) => Promise<BalanceState>;
  now: () => Date;
}
