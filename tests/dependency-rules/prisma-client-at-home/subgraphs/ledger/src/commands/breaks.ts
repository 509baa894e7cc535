import { PrismaClient } from '../store/generated/client.ts';

export const client = new PrismaClient();
