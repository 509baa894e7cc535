import { provePublisherKills } from './outbox-kills.ts';

provePublisherKills('embedded', ({ database }) => ({ connectionString: database.connectionString('bus') }));
