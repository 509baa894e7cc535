import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** Far above any amount, far below what makes parsing a digit string a burden. */
const digitsMax = 60;
const integerText = new RegExp(`^-?\\d{1,${digitsMax}}$`);

function refuse(): never {
  throw new GraphQLError('BigInt must be an integer, written as a string of decimal digits or as a whole number.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

function readText(text: string): bigint {
  return integerText.test(text) ? BigInt(text) : refuse();
}

/** An integer of any size: a string of decimal digits on the way out, a string or a whole number on the way in. */
export const bigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  description:
    'An integer that may exceed 53 bits, as a string of decimal digits. As input a whole number is accepted too.',
  serialize: (value) => (typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : refuse()),
  parseValue: (value) => {
    if (typeof value === 'bigint') return value;
    if (typeof value === 'string') return readText(value);
    return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : refuse();
  },
  parseLiteral: (node) => (node.kind === Kind.INT || node.kind === Kind.STRING ? readText(node.value) : refuse()),
});
