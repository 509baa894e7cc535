import { parseArgs } from 'node:util';

/** What the caller of `npm start` asked for. */
export interface StartOptions {
  /** One process per subgraph instead of one for all. */
  separate: boolean;
  /** Starts Apache Kafka, and carries events on it. */
  kafka: boolean;
  /** Removes this installation's data first. */
  reset: boolean;
  help: boolean;
}

/** The command line cannot be followed; the message is one line for the person who typed it. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message} Known: --separate, --kafka, --reset, --help.`);
    this.name = 'UsageError';
  }
}

/**
 * Reads the command line. Package managers hand over a `--` of their own or not; it says nothing here.
 * @throws UsageError
 */
export function readOptions(parameters: string[]): StartOptions {
  const { tokens } = parseArgs({
    args: parameters.filter((it) => it !== '--'),
    strict: false,
    tokens: true,
    options: {
      separate: { type: 'boolean' },
      kafka: { type: 'boolean' },
      reset: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const options: StartOptions = { separate: false, kafka: false, reset: false, help: false };
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`"${token.value}" is not an option.`);
    if (token.kind !== 'option') continue;
    if (!(token.name in options)) throw new UsageError(`Unknown option ${token.rawName}.`);
    if (token.value !== undefined) throw new UsageError(`The option ${token.rawName} takes no value.`);
    options[token.name as keyof StartOptions] = true;
  }
  return options;
}
