/** The scalars that every subgraph has, as Pothos wants them named. */
export interface SharedScalars {
  ID: { Input: string; Output: string };
  BigInt: { Input: bigint; Output: bigint };
  DateTime: { Input: Date; Output: Date };
}
