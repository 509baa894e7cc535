import { startWallet } from '@localplus/wallet';
import { beMember } from './member-process.ts';

beMember((environment: NodeJS.ProcessEnv) => startWallet(environment));
