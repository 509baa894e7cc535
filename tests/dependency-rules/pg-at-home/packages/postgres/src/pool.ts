import { Pool } from 'pg';

export const createPool = () => new Pool();
