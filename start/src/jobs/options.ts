/** What an operator asks for. */
export type JobCommand =
  | { readonly verb: 'list' }
  | { readonly verb: 'show'; readonly id: string }
  | { readonly verb: 'retry'; readonly which: { readonly id: string } | 'all' };

const usage = `pnpm jobs -- list                  what the ledger does by itself: what waits, what is due, what failed
pnpm jobs -- show <id>             a job that failed, with its error
pnpm jobs -- retry <id or --all>   has a job done again that was given up`;

/** The command line cannot be followed; the message is for the person who typed it. */
export class JobUsageError extends Error {
  constructor(message: string) {
    super(`${message}\n${usage}`);
    this.name = 'JobUsageError';
  }
}

/**
 * Reads the command line. Package managers hand over a `--` of their own or not; it says nothing here.
 * @throws JobUsageError
 */
export function readJobCommand(parameters: readonly string[]): JobCommand {
  const [verb = 'list', subject, ...more] = parameters.filter((it) => it !== '--');
  if (more.length > 0) throw new JobUsageError(`One thing at a time: "${more[0]}" is too much.`);
  if (verb === 'list' && subject === undefined) return { verb };
  if (verb === 'list') throw new JobUsageError(`list takes no "${subject}".`);
  if (verb !== 'show' && verb !== 'retry') throw new JobUsageError(`"${verb}" is unknown.`);
  if (subject === undefined) throw new JobUsageError(`${verb} which one?`);
  if (verb === 'show') return { verb, id: subject };
  return { verb, which: subject === '--all' ? 'all' : { id: subject } };
}
