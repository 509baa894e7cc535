import { fromUuid, parseId } from '@localplus/identifiers';
import type { MerchantStatus } from '../domain/merchant-status.ts';
import { type ProgramVersionRow, type ProgramVersionState, readVersion, versionColumns } from './program-versions.ts';
import type { Reader } from './transaction.ts';

/** A program with all its versions, and its merchant's status and stores. */
export interface ProgramState {
  /** `prg_…` */
  programId: string;
  /** `mer_…` */
  merchantId: string;
  merchantStatus: MerchantStatus;
  merchantVersion: bigint;
  /** `sto_…` of all stores of the merchant. */
  merchantStoreIds: string[];
  /** IANA name. */
  merchantTimeZone: string;
  /** ISO 3166-1 alpha-2. */
  merchantCountry: string;
  currency: string;
  pointAssetCode: string;
  programVersion: bigint;
  /** Ascending. */
  versions: ProgramVersionState[];
}

type ProgramRow = Omit<ProgramState, 'versions'>;

/** One statement, so that a program, its versions and its merchant are of one instant. */
const statement = `
  WITH programs AS MATERIALIZED (
    SELECT p.id, p.merchant_id, p.currency, p.point_asset_code, p.version, m.status, m.version AS merchant_version, m.time_zone, m.country,
           array(SELECT s.id FROM stores s WHERE s.merchant_id = p.merchant_id ORDER BY s.id) AS store_ids
      FROM loyalty_programs p
      JOIN merchants m ON m.id = p.merchant_id
     WHERE p.id = ANY ($1::uuid[])
  )
  SELECT p.id AS "programId", p.merchant_id AS "merchantId", p.status AS "merchantStatus",
         p.merchant_version AS "merchantVersion", p.store_ids AS "merchantStoreIds",
         p.time_zone AS "merchantTimeZone", p.country AS "merchantCountry", p.currency,
         p.point_asset_code AS "pointAssetCode", p.version AS "programVersion", ${versionColumns}
    FROM programs p
    JOIN program_versions v ON v.program_id = p.id
   ORDER BY p.id, v.version`;

/** Reads programs with all their versions. What is no identifier of a program, or of none that exists, is left out. */
export async function readProgramStates(reader: Reader, programIds: readonly string[]): Promise<ProgramState[]> {
  const uuids = programIds.flatMap((id) => parseId(id, 'prg') ?? []);
  const { rows } = await reader.query<ProgramRow & ProgramVersionRow>(statement, [uuids]);
  const states = new Map<string, ProgramState>();
  for (const row of rows) {
    const state = states.get(row.programId) ?? describeProgram(row);
    state.versions.push(readVersion(row));
    states.set(row.programId, state);
  }
  return [...states.values()];
}

function describeProgram(row: ProgramRow): ProgramState {
  return {
    programId: fromUuid('prg', row.programId),
    merchantId: fromUuid('mer', row.merchantId),
    merchantStatus: row.merchantStatus,
    merchantVersion: row.merchantVersion,
    merchantStoreIds: row.merchantStoreIds.map((id) => fromUuid('sto', id)),
    merchantTimeZone: row.merchantTimeZone,
    merchantCountry: row.merchantCountry,
    currency: row.currency,
    pointAssetCode: row.pointAssetCode,
    programVersion: row.programVersion,
    versions: [],
  };
}
