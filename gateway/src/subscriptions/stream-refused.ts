import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes of what the client asked for or may not see: asking again would bring the same answer. */
const lastingCodes: readonly unknown[] = ['FORBIDDEN', 'BAD_USER_INPUT'];

/** A subgraph answered that it does not serve a stream, or does not tell what was missed of it. */
export class StreamRefused extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super(errors[0]?.message ?? 'The subgraph refused the stream.');
    this.name = 'StreamRefused';
    this.errors = errors.map(({ message, extensions }) => new GraphQLError(message, { extensions }));
  }

  /** Whether asking again has no sense. */
  get isLasting(): boolean {
    return this.errors.some(({ extensions }) => lastingCodes.includes(extensions.code));
  }
}
