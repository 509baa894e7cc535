/** The scalars that every subgraph has, as Pothos wants them named: a type, because an interface has no index signature. */
export type SharedScalars = {
  ID: { Input: string; Output: string };
  BigInt: { Input: bigint; Output: bigint };
  DateTime: { Input: Date; Output: Date };
};
