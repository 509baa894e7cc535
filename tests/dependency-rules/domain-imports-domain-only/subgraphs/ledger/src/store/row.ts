export interface Row {
  posted: bigint;
}
