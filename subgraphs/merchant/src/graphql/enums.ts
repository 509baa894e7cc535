import { goLiveRequirements, merchantStatuses } from '../domain/merchant-status.ts';
import type { PartnerScope } from '../domain/partner.ts';
import { negativeBalancePolicies, roundings } from '../domain/program.ts';
import type { Role } from '../domain/staff.ts';
import { validityKinds } from '../domain/validity.ts';
import { builder } from './builder.ts';

function described<Value extends string>(values: readonly Value[], descriptions: Record<Value, string>) {
  return Object.fromEntries(values.map((value) => [value, { value, description: descriptions[value] }])) as Record<
    Value,
    { value: Value; description: string }
  >;
}

export const merchantStatus = builder.enumType('MerchantStatus', {
  description: 'Where a merchant stands: DRAFT → LIVE ⇄ SUSPENDED.',
  values: described(merchantStatuses, {
    DRAFT: 'Being set up; visible to its staff and to platform operators alone.',
    LIVE: 'Doing business: points can be earned and spent.',
    SUSPENDED: 'Stopped by a platform operator: no points move.',
  }),
});

export const goLiveRequirement = builder.enumType('GoLiveRequirement', {
  description: 'What a merchant needs at least one of before it goes live.',
  values: described(goLiveRequirements, { STORE: 'A store.', PROGRAM: 'A loyalty program.' }),
});

export const rounding = builder.enumType('Rounding', {
  description: 'What becomes of the fraction of a point that a purchase earns.',
  values: described(roundings, {
    DOWN: 'It is dropped.',
    HALF_UP: 'From one half on it becomes a whole point, below it is dropped.',
    UP: 'It becomes a whole point.',
  }),
});

export const pointValidityKind = builder.enumType('PointValidityKind', {
  description: "How the validity of points is counted: in calendar days, dates and months of the merchant's time zone.",
  values: described(validityKinds, {
    UNLIMITED: 'Without end.',
    DAYS: 'So many `days` after the earning, to the same time of day.',
    FIXED_DATE: 'To the end of the date `on`. What is earned later is never valid: publish other terms before.',
    END_OF_MONTH: 'To the end of the month that is `months` after the month of earning.',
    INACTIVITY: "So many `days` after the holder's last activity; an earning is one.",
  }),
});

export const negativeBalancePolicy = builder.enumType('NegativeBalancePolicy', {
  description: 'What may happen when the points of a returned purchase were spent already.',
  values: described(negativeBalancePolicies, {
    NEVER: 'As many points are taken back as are there; there is no debt.',
    WITHIN_PENDING: "What is missing becomes a debt, up to the holder's pending points.",
    UNLIMITED: 'What is missing becomes a debt of any size.',
  }),
});

export const staffRole = builder.enumType('StaffRole', {
  description: 'What a staff member may do at a merchant.',
  values: {
    OWNER: { value: 'owner' satisfies Role, description: 'Everything: staff, stores, partners, programs, money.' },
    MANAGER: { value: 'manager' satisfies Role, description: 'Programs, reversals, and what a cashier may.' },
    CASHIER: { value: 'cashier' satisfies Role, description: 'Enrolls consumers, lets them earn and spend points.' },
  } as const,
});

export const partnerScope = builder.enumType('PartnerScope', {
  description: 'What a partner may do for its merchant.',
  values: {
    POINTS_EARN: { value: 'points:earn' satisfies PartnerScope, description: 'Let consumers earn points.' },
    POINTS_BURN: { value: 'points:burn' satisfies PartnerScope, description: 'Let consumers spend points.' },
    WALLETS_ENROLL: { value: 'wallets:enroll' satisfies PartnerScope, description: 'Enroll consumers.' },
    WALLETS_READ: { value: 'wallets:read' satisfies PartnerScope, description: 'Read wallets and their balances.' },
  } as const,
});
