import { Redis } from 'ioredis';

export const limits = () => new Redis();
