import type { Caller } from '@localplus/identity';
import type { CallerContext } from '@localplus/subgraph-server';
import type { CommandTools } from '../commands/command.ts';
import type { PrismaClient } from '../store/prisma.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import { visibilityOf } from './visibility.ts';

/** What the door works with. */
export interface MerchantServices extends CommandTools {
  prisma: PrismaClient;
}

/** The context of one request. */
export interface MerchantContext extends CallerContext {
  services: MerchantServices;
  load: Loaders;
}

/** Makes the context of a request of the caller. */
export function createContext(services: MerchantServices, caller: Caller): MerchantContext {
  return { caller, services, load: createLoaders(services, visibilityOf(caller)) };
}
