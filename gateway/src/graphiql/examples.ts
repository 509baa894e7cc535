import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Role } from './roles.ts';
import type { RunFile } from './run-file.ts';

/** The ids that the examples work on: the first wallet of the first merchant. */
interface DemoIds {
  merchantId: string;
  programId: string;
  storeId: string;
  walletId: string;
}

interface Example {
  file: string;
  as: string;
  variables: (ids: DemoIds) => Record<string, unknown>;
}

/** A tab of GraphiQL. */
export interface Tab {
  query: string;
  variables: string;
  headers: string;
}

const folder = new URL('../../../schema/operations/graphiql/', import.meta.url);
const newKey = () => `graphiql-${randomUUID()}`;

/** A purchase that is paid in part with points, and earns on the rest. */
const purchaseWithPoints = (at: Pick<DemoIds, 'walletId' | 'storeId'>) => [
  { burnPoints: { idempotencyKey: newKey(), ...at, points: '3', reference: 'ticket-4713' } },
  {
    earnPoints: {
      ...{ idempotencyKey: newKey(), ...at, reference: 'ticket-4713' },
      purchase: { amountMinor: '2490', currency: 'EUR' },
    },
  },
];

/** In the order in which a newcomer should meet them. */
const examples: readonly Example[] = [
  { file: 'my-wallets', as: 'consumer', variables: () => ({}) },
  { file: 'watch-balance', as: 'consumer', variables: ({ walletId }) => ({ walletId }) },
  {
    file: 'earn-points',
    as: 'cashier',
    variables: ({ walletId, storeId }) => ({
      input: {
        idempotencyKey: newKey(),
        walletId,
        purchase: { amountMinor: '1250', currency: 'EUR' },
        storeId,
        reference: 'ticket-4711',
        occurredAt: new Date().toISOString(),
      },
    }),
  },
  {
    file: 'burn-points',
    as: 'partner',
    variables: ({ walletId, storeId }) => ({
      input: { idempotencyKey: newKey(), walletId, points: '5', storeId, reference: 'ticket-4712' },
    }),
  },
  {
    file: 'dry-run',
    as: 'cashier',
    variables: ({ walletId, storeId }) => ({ commands: purchaseWithPoints({ walletId, storeId }) }),
  },
  {
    file: 'many-commands',
    as: 'cashier',
    variables: ({ walletId, storeId }) => ({
      input: { mode: 'ATOMIC', commands: purchaseWithPoints({ walletId, storeId }) },
    }),
  },
  { file: 'explain-balance', as: 'consumer', variables: ({ walletId }) => ({ walletId }) },
  { file: 'wallet-history', as: 'manager', variables: ({ walletId }) => ({ walletId }) },
  { file: 'merchant-books', as: 'owner', variables: ({ merchantId }) => ({ merchantId }) },
  {
    file: 'enroll-consumer',
    as: 'cashier',
    variables: ({ programId }) => ({
      input: { idempotencyKey: newKey(), programId, givenName: 'Nour', email: `nour.${Date.now()}@example.org` },
    }),
  },
  { file: 'my-memberships', as: 'manager', variables: () => ({}) },
];

function demoIds({ demo: { merchants } }: RunFile): DemoIds {
  const [merchant] = merchants;
  return {
    merchantId: merchant?.id ?? '',
    programId: merchant?.programId ?? '',
    storeId: merchant?.storeIds[0] ?? '',
    walletId: merchant?.wallets[0]?.id ?? '',
  };
}

/** Makes a tab of each example operation, with the demo's ids and the token of the role that it is meant for. */
export async function readExampleTabs(runFile: RunFile, roles: readonly Role[]): Promise<Tab[]> {
  const ids = demoIds(runFile);
  const toTab = async ({ file, as, variables }: Example): Promise<Tab> => {
    const token = roles.find(({ kind }) => kind === as)?.token;
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return {
      query: await readFile(new URL(`${file}.graphql`, folder), 'utf8'),
      variables: JSON.stringify(variables(ids), undefined, 2),
      headers: JSON.stringify(headers, undefined, 2),
    };
  };
  return Promise.all(examples.map(toTab));
}
