import { GraphQLError, type GraphQLSchema, isScalarType, Kind, type ValueNode } from 'graphql';

/** Far above any amount, far below what makes reading a digit string a burden. */
const digitsMax = 1_000;
const integerPattern = new RegExp(`^-?\\d{1,${digitsMax}}$`);
const instantPattern = /^\d{4}-\d{2}-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** How the gateway reads a scalar that the composed schema knows by name alone. */
interface ScalarReader {
  /** @returns what the subgraphs get @throws GraphQLError */
  readValue(value: unknown): string;
  readLiteral(node: ValueNode): string;
}

function refuseInteger(): never {
  throw new GraphQLError('BigInt must be an integer, written as a string of decimal digits or as a whole number.');
}

function readInteger(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return integerPattern.test(value) ? value : refuseInteger();
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : refuseInteger();
}

function refuseInstant(): never {
  throw new GraphQLError(
    'DateTime must be an instant in RFC 3339 form with an offset, for instance 2026-03-01T09:30:00Z.',
  );
}

function readInstant(value: unknown): string {
  if (typeof value !== 'string') return refuseInstant();
  const day = instantPattern.exec(value)?.[1];
  // Date rolls the 30th of February over into March, so the day is compared with what was written.
  const calendarDay = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  const isInstant = day !== undefined && !Number.isNaN(Date.parse(value)) && calendarDay.getUTCDate() === Number(day);
  return isInstant ? value : refuseInstant();
}

const readers: Readonly<Record<string, ScalarReader>> = {
  BigInt: {
    readValue: readInteger,
    readLiteral: (node) =>
      node.kind === Kind.INT || node.kind === Kind.STRING ? readInteger(node.value) : refuseInteger(),
  },
  DateTime: {
    readValue: readInstant,
    readLiteral: (node) => (node.kind === Kind.STRING ? readInstant(node.value) : refuseInstant()),
  },
};

/**
 * Teaches the composed schema to read its scalars: a supergraph knows only their names, and would let any value through
 * to the subgraphs.
 */
export function teachScalars(schema: GraphQLSchema): void {
  for (const [name, { readValue, readLiteral }] of Object.entries(readers)) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { parseValue: readValue, parseLiteral: readLiteral });
  }
}
