/** What a program promises. */
export interface DemoTerms {
  pointName: string;
  /** Points earned for each `perAmountMinor`. */
  points: number;
  perAmountMinor: number;
  minimumPurchaseMinor: number;
  /** How long points are valid, as the mutation takes it; undefined for points without end. */
  validity?: { kind: 'END_OF_MONTH'; months: number } | { kind: 'INACTIVITY'; days: number };
  /** Days that points stay pending; undefined for points that are active at once. */
  activationDelayDays?: number;
  negativeBalance?: 'NEVER' | 'WITHIN_PENDING' | 'UNLIMITED';
  /** Days, from a refund on, that points given back to an expired lot are valid. */
  refundGraceDays?: number;
}

/** When a store is open: minutes since midnight, by weekday from Sunday; undefined for a closed day. */
export type OpeningHours = readonly (readonly { from: number; to: number }[])[];

/** A merchant of the demo with everything about it that is written down, not drawn. */
export interface DemoMerchantPlan {
  slug: string;
  name: string;
  legalName: string;
  stores: { name: string; city: string }[];
  hours: OpeningHours;
  /** In force for the whole history. */
  terms: DemoTerms;
  /** Published, and in force some days after the seed. */
  announcedTerms?: DemoTerms & { startsInDays: number };
  staff: { role: 'owner' | 'manager' | 'cashier'; displayName: string }[];
  partnerName: string;
  /** Points that one reward costs: a whole number of times is spent. */
  rewardPoints: number;
  /** Of one purchase, in cents: the usual range, and how it grows at the weekend. */
  basketMinor: { from: number; to: number; weekendFactor: number };
  /** Visits a week of the three kinds of customers. */
  visitsPerWeek: { regular: number; usual: number; rare: number };
}

const at = (hour: number, minute = 0) => hour * 60 + minute;

const bakeryDay = [{ from: at(6, 45), to: at(19, 30) }];
const bakerySunday = [{ from: at(7), to: at(13) }];
const bookshopDay = [{ from: at(10), to: at(19) }];
const bookshopMonday = [{ from: at(14), to: at(19) }];

/** The two merchants of the demo. */
export const demoMerchants: readonly DemoMerchantPlan[] = [
  {
    slug: 'fournil',
    name: 'Le Fournil de Margaux',
    legalName: 'SARL Le Fournil de Margaux',
    stores: [
      { name: 'Croix-Rousse', city: 'Lyon' },
      { name: 'Monplaisir', city: 'Lyon' },
    ],
    // Closed on Mondays, as bakeries are.
    hours: [bakerySunday, [], bakeryDay, bakeryDay, bakeryDay, bakeryDay, bakeryDay],
    terms: { pointName: 'croissant', points: 1, perAmountMinor: 100, minimumPurchaseMinor: 0 },
    announcedTerms: {
      startsInDays: 30,
      pointName: 'croissant',
      points: 3,
      perAmountMinor: 200,
      minimumPurchaseMinor: 200,
      // Who buys bread once a year keeps them.
      validity: { kind: 'INACTIVITY', days: 365 },
      refundGraceDays: 14,
    },
    staff: [
      { role: 'owner', displayName: 'Margaux Delattre' },
      { role: 'manager', displayName: 'Yanis Belkacem' },
      { role: 'cashier', displayName: 'Chloé Fontaine' },
    ],
    partnerName: 'Caisse Fournil',
    rewardPoints: 60,
    basketMinor: { from: 120, to: 1_450, weekendFactor: 1.6 },
    visitsPerWeek: { regular: 5, usual: 2, rare: 0.5 },
  },
  {
    slug: 'librairie',
    name: 'Librairie du Chat Perché',
    legalName: 'SAS Le Chat Perché',
    stores: [{ name: 'Graslin', city: 'Nantes' }],
    hours: [[], bookshopMonday, bookshopDay, bookshopDay, bookshopDay, bookshopDay, bookshopDay],
    terms: {
      pointName: 'marque-page',
      points: 5,
      perAmountMinor: 1_000,
      minimumPurchaseMinor: 500,
      validity: { kind: 'END_OF_MONTH', months: 24 },
      refundGraceDays: 30,
    },
    // Books can be brought back for two weeks: so long their points wait.
    announcedTerms: {
      startsInDays: 45,
      pointName: 'marque-page',
      points: 6,
      perAmountMinor: 1_000,
      minimumPurchaseMinor: 500,
      activationDelayDays: 14,
      validity: { kind: 'END_OF_MONTH', months: 24 },
      negativeBalance: 'WITHIN_PENDING',
      refundGraceDays: 30,
    },
    staff: [
      { role: 'owner', displayName: 'Hélène Le Goff' },
      { role: 'manager', displayName: 'Mathieu Rousseau' },
      { role: 'cashier', displayName: 'Inès Carpentier' },
    ],
    partnerName: 'Boutique en ligne du Chat Perché',
    rewardPoints: 40,
    basketMinor: { from: 690, to: 4_800, weekendFactor: 1.3 },
    visitsPerWeek: { regular: 1.5, usual: 0.6, rare: 0.2 },
  },
];
