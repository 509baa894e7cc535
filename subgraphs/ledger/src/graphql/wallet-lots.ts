import { maySeeHolder } from '../domain/visibility.ts';
import { builder } from './builder.ts';
import { walletReference } from './wallet.ts';
import './hold.ts';
import './lot.ts';

/** More than a screen shows; who has more sees the ones that are spent first. */
const listMax = 100;

builder.objectFields(walletReference, (t) => ({
  lots: t.prismaField({
    type: ['Lot'],
    nullable: true,
    description:
      'Where the balance comes from: the lots with value left, in the order in which they expire, at most 100; null for those who may not see the wallet.',
    resolve: async (query, { holderId }, _arguments, { caller, loaders, services }) => {
      const holder = await loaders.holder(holderId);
      if (!holder || !maySeeHolder(caller, holder)) return null;
      const soonest = { expiresAt: { sort: 'asc', nulls: 'last' } } as const;
      const orderBy = [soonest, { granted: 'asc' } as const, { id: 'asc' } as const];
      return services.prisma.lot.findMany({ ...query, where: { holderId, isOpen: true }, orderBy, take: listMax });
    },
  }),
  holds: t.prismaField({
    type: ['Hold'],
    nullable: true,
    description: 'What is reserved now, at most 100, soonest end first; null for those who may not see the wallet.',
    resolve: async (query, { holderId }, _arguments, { caller, loaders, services }) => {
      const holder = await loaders.holder(holderId);
      if (!holder || !maySeeHolder(caller, holder)) return null;
      const where = { holderId, held: { gt: 0n } };
      return services.prisma.hold.findMany({ ...query, where, orderBy: { expiresAt: 'asc' }, take: listMax });
    },
  }),
}));
