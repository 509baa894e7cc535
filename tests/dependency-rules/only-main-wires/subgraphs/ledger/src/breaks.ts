import { earn } from './commands/earn.ts';
import { schema } from './graphql/schema.ts';

export const startElsewhere = () => ({ earn, schema });
