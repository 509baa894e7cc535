import type { ProgramVersion } from '../../src/domain/program.ts';
import { terms } from '../ledger-house.ts';
import type { Stage } from './stage.ts';

/** One point for a euro; a fortnight until it can be spent, a year until it ends; a return may leave a debt. */
export const storyTerms: ProgramVersion = {
  ...terms,
  activationDelayDays: 14,
  validity: { kind: 'DAYS', days: 365 },
  negativeBalance: 'UNLIMITED',
};

/** Something that happens to the wallet. */
export interface Scene {
  title: string;
  /** A day; everything happens at noon, UTC. */
  on: string;
  /** What a reader has to know to follow the postings. */
  says: string;
  play(stage: Stage): Promise<void>;
}

/** The life of one wallet: every scene begins with what the one before it left. */
export const story: readonly Scene[] = [
  {
    title: 'A purchase',
    on: '2025-01-10',
    says: 'A purchase of 80.00 EUR earns 80 points. They are a cost to the merchant at once, and pending until goods can no longer be brought back.',
    play: (stage) => stage.buy('the coat', 80n),
  },
  {
    title: 'Points become active',
    on: '2025-01-24',
    says: 'A fortnight later the lot becomes active. Nobody has to ask for it.',
    play: (stage) => stage.letTimePass(),
  },
  {
    title: 'Points are spent',
    on: '2025-02-01',
    says: 'A reward costs 30 points. They leave the lot that ends soonest.',
    play: (stage) => stage.spend('the reward', 30n),
  },
  {
    title: 'A spending is refunded',
    on: '2025-02-03',
    says: 'The reward was cancelled in part: 10 points go back to the very lot that they came from, with its date.',
    play: (stage) => stage.refund('the reward', 10n),
  },
  {
    title: 'A hold',
    on: '2025-02-10',
    says: 'An e-shop reserves 40 points for an order. They are still the holder’s, but cannot be spent twice: available = posted − pending − held.',
    play: (stage) => stage.hold('the order', 40n, 7),
  },
  {
    title: 'A hold is captured in part',
    on: '2025-02-12',
    says: 'Part of the order is sent: 25 of the held points are spent. The rest stays reserved.',
    play: (stage) => stage.capture('the order', 25n),
  },
  {
    title: 'A hold is released',
    on: '2025-02-13',
    says: 'The rest of the order is cancelled: what is still held comes home.',
    play: (stage) => stage.release('the order'),
  },
  {
    title: 'A return',
    on: '2025-02-20',
    says: 'Goods of 20.00 EUR of the first purchase are brought back: the 20 points that they had earned are taken back, from the lot that they were granted in.',
    play: (stage) => stage.bringBack('the coat', 20n),
  },
  {
    title: 'A return of what was spent already',
    on: '2025-02-21',
    says: 'Another 50.00 EUR are brought back, but only 15 of those points are left. This program lets the rest be owed; another may leave it uncollected.',
    play: (stage) => stage.bringBack('the coat', 50n),
  },
  {
    title: 'A debt is paid by the next points',
    on: '2025-03-01',
    says: 'A purchase of 100.00 EUR earns 100 points, pending as ever. Nothing is paid yet: the debt is paid by points that can be spent.',
    play: (stage) => stage.buy('the shoes', 100n),
  },
  {
    title: 'Points become active and pay the debt',
    on: '2025-03-15',
    says: 'With the activation, in the same transaction, the debt is paid.',
    play: (stage) => stage.letTimePass(),
  },
  {
    title: 'A hold ends by itself',
    on: '2025-04-01',
    says: 'Another order reserves 10 points for three days, and nobody ever comes back to it.',
    play: (stage) => stage.hold('the forgotten order', 10n, 3),
  },
  {
    title: 'What was held comes home',
    on: '2025-04-05',
    says: 'By the clock of the database the hold has ended.',
    play: (stage) => stage.letTimePass(),
  },
  {
    title: 'An expiry',
    on: '2026-03-02',
    says: 'A year after the second purchase, what is left of its lot expires, and is the merchant’s income.',
    play: (stage) => stage.letTimePass(),
  },
];
