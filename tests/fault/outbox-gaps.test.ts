import { proveNoGaps } from './outbox-gaps.ts';

proveNoGaps('embedded', ({ database }) => ({ connectionString: database.connectionString('bus') }));
