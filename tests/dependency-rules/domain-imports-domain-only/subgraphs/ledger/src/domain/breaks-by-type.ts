import type { Row } from '../store/row.ts';

export type Balance = Row;
