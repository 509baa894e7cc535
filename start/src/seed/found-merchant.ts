import { randomUUID } from 'node:crypto';
import { type Day, daysBefore, parisInstant } from './calendar.ts';
import type { SeededMerchant } from './demo-state.ts';
import { type DemoTools, staffSubject } from './demo-tools.ts';
import { historyDays } from './history.ts';
import type { DemoMerchantPlan, DemoTerms } from './merchants.ts';

/** The program runs a little longer than the history, so that nobody's first purchase is its first day. */
const programLeadDays = 14;

function termsInput({ points, perAmountMinor, minimumPurchaseMinor, ...terms }: DemoTerms) {
  return {
    ...terms,
    points: String(points),
    perAmountMinor: String(perAmountMinor),
    rounding: 'DOWN',
    minimumPurchaseMinor: String(minimumPurchaseMinor),
  };
}

/** Makes a merchant with its stores, staff, program and partner, and takes it live. Doing it again changes nothing. */
export async function foundMerchant(tools: DemoTools, plan: DemoMerchantPlan, today: Day): Promise<SeededMerchant> {
  const { client, issuer, operatorToken } = tools;
  const key = (name: string) => `demo-${plan.slug}-${name}`;
  const staff = plan.staff.map(({ role, displayName }) => ({
    role,
    displayName,
    subject: staffSubject(plan.slug, role),
  }));
  const owner = staff.find(({ role }) => role === 'owner');
  if (!owner) throw new Error(`${plan.name} has no owner.`);
  const ownerToken = await tools.issue(owner.subject);

  const { merchant } = await client.command<{ merchant: { id: string } }>(operatorToken, {
    field: 'createMerchant',
    selection: 'merchant { id }',
    input: {
      idempotencyKey: key('merchant'),
      name: plan.name,
      legalName: plan.legalName,
      country: 'FR',
      timeZone: 'Europe/Paris',
      currency: 'EUR',
      owner: { login: { issuer, subject: owner.subject }, displayName: owner.displayName },
    },
  });
  const merchantId = merchant.id;

  const storeIds: string[] = [];
  for (const [index, store] of plan.stores.entries()) {
    const opened = await client.command<{ store: { id: string } }>(ownerToken, {
      field: 'openStore',
      selection: 'store { id }',
      input: {
        idempotencyKey: key(`store-${index}`),
        merchantId,
        ...store,
      },
    });
    storeIds.push(opened.store.id);
  }
  for (const { role, displayName, subject } of staff.filter((member) => member !== owner)) {
    await client.command(ownerToken, {
      field: 'addStaffMember',
      selection: 'isReplay',
      input: {
        idempotencyKey: key(`staff-${role}`),
        merchantId,
        login: { issuer, subject },
        displayName,
        role: role.toUpperCase(),
      },
    });
  }
  const programId = await createProgram(tools, { plan, merchantId, ownerToken, today });
  await client.command(operatorToken, {
    field: 'goLive',
    selection: 'isReplay',
    input: { idempotencyKey: key('live'), merchantId },
  });
  const partner = { name: plan.partnerName, key: await letPartnerIn(tools, { plan, merchantId, ownerToken }) };
  return { slug: plan.slug, id: merchantId, name: plan.name, programId, storeIds, partner, staff, wallets: [] };
}

interface Founding {
  plan: DemoMerchantPlan;
  merchantId: string;
  ownerToken: string;
}

async function createProgram(
  { client, operatorToken }: DemoTools,
  founding: Founding & { today: Day },
): Promise<string> {
  const { plan, merchantId, ownerToken, today } = founding;
  const startsAt = parisInstant(daysBefore(today, historyDays + programLeadDays), 0);
  // Only the platform's operator may let a program start in the past.
  const { program } = await client.command<{ program: { id: string } }>(operatorToken, {
    field: 'createProgram',
    selection: 'program { id }',
    input: { idempotencyKey: `demo-${plan.slug}-program`, merchantId, terms: termsInput(plan.terms), startsAt },
  });
  if (plan.announcedTerms) {
    const { startsInDays, ...terms } = plan.announcedTerms;
    await client.command(ownerToken, {
      field: 'changeProgram',
      selection: 'isReplay',
      input: {
        idempotencyKey: `demo-${plan.slug}-program-announced`,
        programId: program.id,
        terms: termsInput(terms),
        startsAt: parisInstant(daysBefore(today, -startsInDays), 0),
      },
    });
  }
  return program.id;
}

async function letPartnerIn({ client }: DemoTools, { plan, merchantId, ownerToken }: Founding): Promise<string> {
  const { partner } = await client.command<{ partner: { id: string } }>(ownerToken, {
    field: 'registerPartner',
    selection: 'partner { id }',
    input: {
      idempotencyKey: `demo-${plan.slug}-partner`,
      merchantId,
      name: plan.partnerName,
      scopes: ['POINTS_EARN', 'POINTS_BURN', 'WALLETS_ENROLL', 'WALLETS_READ'],
    },
  });
  // The key comes with the first answer alone: a seed that was cut short before it kept the key asks for another one.
  const { key } = await client.command<{ key: string | null }>(ownerToken, {
    field: 'issuePartnerKey',
    selection: 'key',
    input: {
      idempotencyKey: `demo-${plan.slug}-${randomUUID()}`,
      partnerId: partner.id,
    },
  });
  if (key === null) throw new Error(`${plan.partnerName} was issued no key.`);
  return key;
}
