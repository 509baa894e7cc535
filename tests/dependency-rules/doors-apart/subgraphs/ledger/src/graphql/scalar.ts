export const text = (value: bigint) => value.toString();
