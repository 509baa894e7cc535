import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

function read(text: string): Date {
  const instant = new Date(text);
  if (rfc3339.test(text) && !Number.isNaN(instant.getTime())) return instant;
  throw new GraphQLError(
    'DateTime must be an instant in RFC 3339 form with an offset, for instance 2026-03-01T09:30:00Z.',
    {
      extensions: { code: 'BAD_USER_INPUT' },
    },
  );
}

/** An instant, to the millisecond. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant in RFC 3339 form with an offset, for instance `2026-03-01T09:30:00.000Z`.',
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new GraphQLError('A DateTime field was resolved to something else.');
  },
  parseValue: (value) => (value instanceof Date ? value : read(typeof value === 'string' ? value : '')),
  parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : ''),
});
