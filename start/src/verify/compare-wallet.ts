import type { Snapshot } from './snapshot.ts';

/** Rows for each look: few round trips, and memory that does not grow with the number of holders. */
const pageRows = 5_000;
/** What the wallet was told by gRPC, or reads from its feed, is there long before. */
const lateSeconds = 60;

/** What came of comparing the wallet's rows with the ledger. */
export interface WalletComparison {
  /** Rows that were compared. */
  readonly rowCount: number;
  /** Holders whose row is older than the ledger's newest version, by less than a minute: on its way. */
  readonly underWayCount: number;
  readonly faultCount: number;
  readonly firstFault: Readonly<Record<string, unknown>> | undefined;
}

interface Row {
  id: string;
  version: bigint;
  balances: unknown;
}

const walletPage = {
  name: 'wallet-page',
  text: `SELECT holder_id AS id, version, balances FROM balances
         WHERE $1::uuid IS NULL OR holder_id > $1 ORDER BY holder_id LIMIT ${pageRows}`,
};

/** The ledger's words for rows of the wallet, each as of the version that the wallet has. */
const ledgerPage = {
  name: 'ledger-page',
  text: `SELECT w.id AS holder, w.version, h.version AS ledger_version,
                w.version > h.version OR h.id IS NULL OR (w.version > 0 AND told.balances IS DISTINCT FROM w.balances) AS is_other,
                w.version < h.version AS is_older, t.recorded_at < now() - interval '${lateSeconds} seconds' AS is_late
         FROM unnest($1::uuid[], $2::bigint[], $3::jsonb[]) AS w (id, version, balances)
         LEFT JOIN holder h ON h.id = w.id
         LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object(
               'code', b #>> '{asset,code}', 'scale', b #> '{asset,scale}', 'posted', b -> 'posted', 'pending', b -> 'pending',
               'held', b -> 'held') ORDER BY b #>> '{asset,code}') AS balances
           FROM balance_change c CROSS JOIN LATERAL jsonb_array_elements(c.balances) b
           WHERE (c.holder_id, c.version) = (w.id, w.version)
         ) told ON true
         LEFT JOIN balance_change next ON (next.holder_id, next.version) = (w.id, w.version + 1)
         LEFT JOIN transaction t ON t.id = next.transaction_id`,
};

interface Compared {
  holder: string;
  version: bigint;
  ledger_version: bigint | null;
  is_other: boolean;
  is_older: boolean | null;
  is_late: boolean | null;
}

/**
 * Compares every row of the wallet with what the ledger says of that holder at that version. So the comparison is exact
 * also while both move on, if only the ledger's snapshot is not older than the wallet's.
 */
export async function compareWallet(wallet: Snapshot, ledger: Snapshot): Promise<WalletComparison> {
  const faults: Compared[] = [];
  let [rowCount, underWayCount, faultCount] = [0, 0, 0];
  let after: string | undefined;
  for (;;) {
    const { rows: page } = await wallet.query<Row>({ ...walletPage, values: [after] });
    after = page.at(-1)?.id;
    if (after === undefined) break;
    const values = [
      page.map(({ id }) => id),
      page.map(({ version }) => version),
      page.map(({ balances }) => JSON.stringify(balances)),
    ];
    const { rows } = await ledger.query<Compared>({ ...ledgerPage, values });
    rowCount += rows.length;
    for (const row of rows) {
      if (row.is_other || (row.is_older && row.is_late)) {
        faultCount += 1;
        if (faults.length === 0) faults.push(row);
      } else if (row.is_older) underWayCount += 1;
    }
  }
  return { rowCount, underWayCount, faultCount, firstFault: faults[0] && describe(faults[0]) };
}

function describe({ holder, version, ledger_version, is_other }: Compared): Readonly<Record<string, unknown>> {
  const what = is_other ? 'the balances differ at this version' : 'the wallet never heard of what came next';
  return { holder, version, 'version of the ledger': ledger_version, because: what };
}
