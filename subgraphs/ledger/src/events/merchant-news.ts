import {
  type Consumer,
  type EventBus,
  MERCHANT_CHANGED,
  type MerchantChanged,
  PROGRAM_CHANGED,
  type ProgramChanged,
  type ProgramChangedVersion,
} from '@localplus/event-bus';
import { toUuid } from '@localplus/identifiers';
import type { MerchantNews, ProgramNews } from '../domain/news.ts';
import { type ProgramVersion, validityOfDays } from '../domain/program.ts';
import type { Sql } from '../store/connection.ts';
import { saveMerchant, saveProgram } from '../store/projection-rows.ts';

interface MerchantNewsOptions {
  bus: EventBus;
  pool: Sql;
}

/**
 * Keeps what is said of merchants and programs. One process of the group handles a piece of news, because all read the same
 * tables; a suspension holds from the next posting on. Both topics carry full state with a version, and the newer one wins:
 * an event that comes twice, or late, changes nothing.
 */
export async function followMerchantNews({ bus, pool }: MerchantNewsOptions): Promise<Consumer[]> {
  return [
    await bus.consumeAsGroup({
      group: 'ledger.merchant-projection',
      topics: [MERCHANT_CHANGED],
      handler: async ({ events }) => {
        for (const { value } of events) await saveMerchant(pool, readMerchantChanged(value));
      },
    }),
    await bus.consumeAsGroup({
      group: 'ledger.program-projection',
      topics: [PROGRAM_CHANGED],
      handler: async ({ events }) => {
        for (const { value } of events) await saveProgram(pool, readProgramChanged(value));
      },
    }),
  ];
}

function readMerchantChanged(value: MerchantChanged): MerchantNews {
  const { merchantId, version, status, timeZone, country, storeIds } = value;
  return {
    merchantId: toUuid(merchantId, 'mer'),
    version: BigInt(version),
    status,
    timeZone,
    country,
    storeIds: storeIds.map((id) => toUuid(id, 'sto')),
  };
}

function readProgramChanged(value: ProgramChanged): ProgramNews {
  return {
    programId: toUuid(value.programId, 'prg'),
    merchantId: toUuid(value.merchantId, 'mer'),
    version: BigInt(value.programVersion),
    currency: value.currency,
    pointAssetCode: value.pointAssetCode,
    versions: value.versions.map(readVersion),
  };
}

function readVersion(terms: ProgramChangedVersion): ProgramVersion {
  return {
    version: terms.version,
    startsAt: new Date(terms.startsAt),
    points: BigInt(terms.points),
    perAmountMinor: BigInt(terms.perAmountMinor),
    rounding: terms.rounding,
    minimumPurchaseMinor: BigInt(terms.minimumPurchaseMinor),
    activationDelayDays: terms.activationDelayDays ?? 0,
    validity: terms.validity ?? validityOfDays(terms.pointValidityDays),
    negativeBalance: terms.negativeBalance ?? 'NEVER',
    refundGraceDays: terms.refundGraceDays ?? 0,
  };
}
