import { PrismaClient } from './generated/client.ts';

export const reads = new PrismaClient();
