import { maySeeHolder } from '../domain/visibility.ts';
import { listLimitsOfHolder } from '../store/limit-rows.ts';
import { builder } from './builder.ts';
import { limit } from './limit.ts';
import { walletReference } from './wallet.ts';

builder.objectFields(walletReference, (t) => ({
  limits: t.field({
    type: [limit],
    nullable: true,
    description:
      'The limits that the wallet has to keep for itself, and what it has used of them now; null for those who may not see the wallet.',
    resolve: async ({ holderId }, _arguments, { caller, loaders, services }) => {
      const holder = await loaders.holder(holderId);
      if (!holder || !maySeeHolder(caller, holder)) return null;
      const limits = await listLimitsOfHolder(services.pool, { merchantId: holder.merchantId, holderId });
      return limits.map(({ limit: terms, use }) => ({ ...terms, use }));
    },
  }),
}));
