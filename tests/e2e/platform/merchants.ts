import { randomUUID } from 'node:crypto';
import { type Login, makeLogin } from './logins.ts';
import type { Platform } from './start-platform.ts';
import { newKey } from './till.ts';
import { waitUntil } from './wait-until.ts';

/** What a partner may be allowed to do, as the graph names it. */
export type Scope = 'POINTS_EARN' | 'POINTS_BURN' | 'WALLETS_ENROLL' | 'WALLETS_READ';

/** A consumer in the program of a merchant, with a login of their own. */
export interface TestWallet {
  id: string;
  consumerId: string;
  givenName: string;
  token: string;
}

/** What the accounts of a merchant add up to, by kind and asset. */
export interface TrialBalance {
  isBalanced: boolean;
  rows: { asset: { code: string }; debits: string; credits: string }[];
}

/** A merchant that is live: a store, a program of one point a euro, an owner, a manager and a cashier. */
export interface TestMerchant {
  id: string;
  name: string;
  programId: string;
  pointAssetCode: string;
  storeIds: string[];
  /** Tokens. */
  owner: string;
  manager: string;
  cashier: string;
  /** Enrolls a new person, and links a login to them. */
  enroll(): Promise<TestWallet>;
  /** Registers a partner with the scopes; returns its key. */
  addPartner(scopes: Scope[]): Promise<string>;
  suspend(): Promise<void>;
  reinstate(): Promise<void>;
  /** Reads the merchant's trial balance. */
  readTrialBalance(): Promise<TrialBalance>;
}

/** News of a merchant reach the other subgraphs in well under a second. */
const newsTimeoutMs = 10_000;

const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Gives a command that has to succeed. @throws with the refusal otherwise */
export async function command<Success>(
  platform: Pick<Platform, 'ask'>,
  token: string,
  name: string,
  input: Record<string, unknown>,
  selection: string,
): Promise<Success> {
  const type = capital(name);
  const query = `mutation ${type}($input: ${type}Input!) {
    ${name}(input: $input) { __typename ... on ${type}Success { ${selection} } ... on Refusal { code message } }
  }`;
  const answer = await platform.ask<Record<string, Success & { __typename: string }>>(token, query, {
    input: { idempotencyKey: newKey(), ...input },
  });
  const result = answer[name];
  if (result?.__typename !== `${type}Success`) throw new Error(`${name} was refused: ${JSON.stringify(result)}`);
  return result;
}

/** Makes a merchant by the mutations that clients have, and waits until the whole platform knows it. */
export async function addMerchant(platform: Platform): Promise<TestMerchant> {
  const operator = platform.run().tokens.platformOperator;
  const name = `Épicerie ${randomUUID().slice(0, 8)}`;
  const [owner, manager, cashier] = await Promise.all([makeLogin(platform), makeLogin(platform), makeLogin(platform)]);
  const { merchant } = await command<{ merchant: { id: string } }>(
    platform,
    operator,
    'createMerchant',
    {
      name,
      legalName: `${name} SARL`,
      country: 'FR',
      timeZone: 'Europe/Paris',
      currency: 'EUR',
      owner: { displayName: 'Alix', ...loginInput(owner) },
    },
    'merchant { id }',
  );
  const { store } = await command<{ store: { id: string } }>(
    platform,
    owner.token,
    'openStore',
    { merchantId: merchant.id, name: 'Centre', city: 'Lyon' },
    'store { id }',
  );
  const program = await addProgram(platform, merchant.id);
  for (const [login, role] of [
    [manager, 'MANAGER'],
    [cashier, 'CASHIER'],
  ] as const) {
    const input = { merchantId: merchant.id, displayName: 'Sacha', role, ...loginInput(login) };
    await command(platform, owner.token, 'addStaffMember', input, '__typename');
  }
  await command(platform, owner.token, 'goLive', { merchantId: merchant.id }, '__typename');

  const made: TestMerchant = {
    id: merchant.id,
    name,
    programId: program.id,
    pointAssetCode: `PTS.${program.id.slice('prg_'.length)}`,
    storeIds: [store.id],
    owner: owner.token,
    manager: manager.token,
    cashier: cashier.token,
    enroll: () => enroll(platform, made),
    addPartner: (scopes) => addPartner(platform, made, scopes),
    suspend: async () => {
      await command(platform, operator, 'suspendMerchant', { merchantId: merchant.id, reason: 'a test' }, '__typename');
    },
    reinstate: async () => {
      await command(platform, operator, 'reinstateMerchant', { merchantId: merchant.id }, '__typename');
    },
    readTrialBalance: () => readTrialBalance(platform, made),
  };
  await waitUntil('the wallet knows the merchant', () => made.enroll(), newsTimeoutMs);
  return made;
}

function loginInput({ issuer, subject }: Login) {
  return { login: { issuer, subject } };
}

async function addProgram(platform: Platform, merchantId: string): Promise<{ id: string }> {
  const terms = { pointName: 'point', points: '1', perAmountMinor: '100', rounding: 'DOWN', minimumPurchaseMinor: '0' };
  // The operator brings it in as one that has been running elsewhere: a new one starts a minute after its publication.
  const startsAt = new Date(Date.now() - 100 * 24 * 3_600_000).toISOString();
  const { program } = await command<{ program: { id: string } }>(
    platform,
    platform.run().tokens.platformOperator,
    'createProgram',
    { merchantId, terms, startsAt },
    'program { id }',
  );
  return program;
}

async function enroll(platform: Platform, merchant: TestMerchant): Promise<TestWallet> {
  const person = { givenName: 'Charlie', email: `${randomUUID()}@example.org`, locale: 'fr-FR' };
  const { wallet } = await command<{ wallet: { id: string; consumer: { id: string } } }>(
    platform,
    merchant.manager,
    'enrollConsumer',
    { programId: merchant.programId, ...person },
    'wallet { id consumer { id } }',
  );
  const login = await makeLogin(platform);
  await command(
    platform,
    platform.run().tokens.platformOperator,
    'linkConsumerLogin',
    { consumerId: wallet.consumer.id, issuer: login.issuer, subject: login.subject },
    '__typename',
  );
  return { id: wallet.id, consumerId: wallet.consumer.id, givenName: person.givenName, token: login.token };
}

async function addPartner(platform: Platform, merchant: TestMerchant, scopes: Scope[]): Promise<string> {
  const { partner } = await command<{ partner: { id: string } }>(
    platform,
    merchant.owner,
    'registerPartner',
    { merchantId: merchant.id, name: 'Till', scopes },
    'partner { id }',
  );
  const { key } = await command<{ key: string }>(
    platform,
    merchant.owner,
    'issuePartnerKey',
    { partnerId: partner.id },
    'key',
  );
  return key;
}

async function readTrialBalance(platform: Platform, merchant: TestMerchant): Promise<TrialBalance> {
  const query = `query TrialBalance($id: ID!) {
    merchant(id: $id) { trialBalance { isBalanced rows { asset { code } debits credits } } }
  }`;
  type Answer = { merchant: { trialBalance: TrialBalance } };
  const { merchant: found } = await platform.ask<Answer>(merchant.owner, query, { id: merchant.id });
  return found.trialBalance;
}
