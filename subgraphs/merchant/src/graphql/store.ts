import { fromUuid, parseId } from '@localplus/identifiers';
import { builder } from './builder.ts';
import { connectionOf } from './connection.ts';

export const store = builder.prismaObject('Store', {
  description: 'A place where a merchant sells.',
  fields: (t) => ({
    id: t.id({ description: 'Identifier, `sto_…`.', resolve: ({ id }) => fromUuid('sto', id) }),
    name: t.exposeString('name', { description: 'What the store is called.' }),
    city: t.exposeString('city', { description: 'Where it is.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was opened on the platform.' }),
    merchant: t.relation('merchant', { description: 'Whose store it is.' }),
  }),
});

builder.asEntity(store, {
  key: builder.selection<{ id: string }>('id'),
  resolveReference: ({ id }, { load }) => {
    const uuid = parseId(id, 'sto');
    return uuid === undefined ? null : load.stores.load(uuid);
  },
});

export const storeConnection = connectionOf(store, {
  name: 'Store',
  one: 'A store',
  many: 'stores, oldest first',
  cursorOf: ({ id }) => fromUuid('sto', id),
});
