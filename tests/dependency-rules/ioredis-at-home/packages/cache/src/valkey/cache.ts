import { Redis } from 'ioredis';

export const connect = () => new Redis();
