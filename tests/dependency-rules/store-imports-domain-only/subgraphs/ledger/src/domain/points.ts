export type Points = bigint;
