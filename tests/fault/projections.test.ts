import { proveGroupProjection } from './group-projection.ts';
import { proveWalletProjection } from './wallet-projection.ts';

proveGroupProjection('embedded', ({ database }) => ({ connectionString: database.connectionString('bus') }));
proveWalletProjection('embedded', (database) => ({ connectionString: database.connectionString('bus') }));
