/** What an operator asks for. */
export type DeadLetterCommand =
  | { readonly verb: 'list' }
  | { readonly verb: 'show'; readonly id: string }
  | { readonly verb: 'discard'; readonly id: string }
  | { readonly verb: 'replay'; readonly which: { readonly idOrKey: string } | 'all' };

/** How the command is used. */
export const usage = `pnpm dead-letters -- list                          what consumers could not handle
pnpm dead-letters -- show <id>                     one of them, with its record
pnpm dead-letters -- replay <id or key or --all>   hand it over again, and what is parked behind it
pnpm dead-letters -- discard <id>                  give it up, and hand over what is parked behind it`;

/** The command line cannot be followed; the message is for the person who typed it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}\n${usage}`);
    this.name = 'UsageError';
  }
}

/**
 * Reads the command line. Package managers hand over a `--` of their own or not; it says nothing here.
 * @throws UsageError
 */
export function readCommand(parameters: readonly string[]): DeadLetterCommand {
  const [verb, subject, ...more] = parameters.filter((it) => it !== '--');
  if (more.length > 0) throw new UsageError(`One thing at a time: "${more[0]}" is too much.`);
  if (verb === 'list' && subject === undefined) return { verb };
  if (verb === 'list') throw new UsageError(`list takes no "${subject}".`);
  if (verb !== 'show' && verb !== 'discard' && verb !== 'replay') throw new UsageError(`"${verb ?? ''}" is unknown.`);
  if (subject === undefined) throw new UsageError(`${verb} which one?`);
  if (verb === 'replay') return { verb, which: subject === '--all' ? 'all' : { idOrKey: subject } };
  return { verb, id: subject };
}
