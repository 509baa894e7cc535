export interface Input {
  points: bigint;
}
