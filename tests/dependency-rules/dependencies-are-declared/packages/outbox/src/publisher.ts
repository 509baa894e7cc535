import { Pool } from 'pg';

export const publish = () => new Pool();
