import { z } from 'zod';

const roleSchema = z.enum(['owner', 'manager', 'cashier']);
const serviceSchema = z.enum(['gateway', 'ledger', 'wallet', 'merchant']);

/** What a partner may be allowed to do for its merchant. */
export const partnerScopes = ['points:earn', 'points:burn', 'wallets:enroll', 'wallets:read'] as const;
const scopeSchema = z.enum(partnerScopes);

const membershipSchema = z.object({
  merchantId: z.string(),
  role: roleSchema,
  /** The stores that the person works in. */
  storeIds: z.union([z.literal('all'), z.array(z.string())]),
});

/** Who is calling, as an internal identity carries it. */
export const callerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('person'),
    /** Issuer and subject of the login, as one pseudonymous text. */
    subject: z.string(),
    consumerId: z.string().optional(),
    memberships: z.array(membershipSchema),
    isPlatformOperator: z.boolean(),
  }),
  z.object({ kind: z.literal('partner'), partnerId: z.string(), merchantId: z.string(), scopes: z.array(scopeSchema) }),
  z.object({ kind: z.literal('service'), service: serviceSchema }),
]);

/** A staff member's role at one merchant. */
export type Role = z.output<typeof roleSchema>;
/** A process that may speak for itself. */
export type ServiceName = z.output<typeof serviceSchema>;
/** What a partner's key allows. */
export type PartnerScope = z.output<typeof scopeSchema>;
/** What a person may do at one merchant. */
export type Membership = z.output<typeof membershipSchema>;
/** Who is calling: a person (consumer, staff, platform operator, or several of these), a partner, or a service. */
export type Caller = z.output<typeof callerSchema>;
