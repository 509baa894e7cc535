import type { Prisma } from '@prisma/client';

export type Decimal = Prisma.Decimal;
