import { type Check, movements } from './check.ts';

/** The parts of a holder's balance that lots are kept of. */
const partsWithLots = "('PENDING', 'AVAILABLE', 'HELD')";

/** Each unit of value is in one lot and in one place, and holds reserve what lots have. */
export const lotChecks: readonly Check[] = [
  {
    name: 'a lot is not shared by its parts',
    query: `
      SELECT id AS lot, holder_id AS holder, granted FROM lot
      WHERE granted <> pending + available + held + spent + expired + revoked
        OR least(pending, available, held, spent, expired, revoked) < 0`,
  },
  {
    name: 'a lot is not what its postings say',
    query: `
      SELECT l.id AS lot, l.holder_id AS holder FROM lot l
      LEFT JOIN (
        SELECT m.lot_id,
               coalesce(sum(m.by) FILTER (WHERE m.part = 'PENDING'), 0) AS pending,
               coalesce(sum(m.by) FILTER (WHERE m.part = 'AVAILABLE'), 0) AS available,
               coalesce(sum(m.by) FILTER (WHERE m.part = 'HELD'), 0) AS held
        FROM (${movements}) m WHERE m.lot_id IS NOT NULL GROUP BY m.lot_id
      ) p ON p.lot_id = l.id
      WHERE NOT l.is_opening AND (l.pending, l.available, l.held) IS DISTINCT FROM (p.pending, p.available, p.held)`,
  },
  {
    name: "a posting names another holder's lot, or none where it must",
    query: `
      SELECT m.transaction_id AS transaction, m.holder_id AS holder, m.lot_id AS lot FROM (${movements}) m
      LEFT JOIN lot l ON l.id = m.lot_id
      WHERE CASE WHEN m.part IN ${partsWithLots} THEN (l.holder_id, l.asset_id) IS DISTINCT FROM (m.holder_id, m.asset_id)
                 ELSE m.lot_id IS NOT NULL END`,
  },
  {
    name: 'open lots of a holder are not what its accounts have',
    query: `
      SELECT a.holder_id AS holder, a.id AS account, a.part, a.balance,
             coalesce(CASE a.part WHEN 'PENDING' THEN l.pending WHEN 'AVAILABLE' THEN l.available ELSE l.held END, 0) AS of_lots
      FROM account a
      JOIN account_kind k ON k.kind = a.kind
      LEFT JOIN (
        SELECT holder_id, asset_id, category, sum(pending) AS pending, sum(available) AS available, sum(held) AS held
        FROM lot WHERE is_open GROUP BY 1, 2, 3
      ) l ON (l.holder_id, l.asset_id, l.category) = (a.holder_id, a.asset_id, k.category)
      WHERE a.part IN ${partsWithLots}
        AND a.balance <> coalesce(CASE a.part WHEN 'PENDING' THEN l.pending WHEN 'AVAILABLE' THEN l.available ELSE l.held END, 0)`,
  },
  {
    name: 'a hold is not what it has of lots',
    query: `
      SELECT h.id AS hold, h.holder_id AS holder, h.amount, h.held FROM hold h
      LEFT JOIN (SELECT hold_id, sum(held) AS held FROM hold_lot GROUP BY 1) l ON l.hold_id = h.id
      WHERE h.held <> coalesce(l.held, 0) OR h.amount <> h.held + h.captured + h.released + h.expired`,
  },
  {
    name: 'a lot holds something else than holds have of it',
    query: `
      SELECT l.id AS lot, l.holder_id AS holder, l.held, coalesce(h.held, 0) AS of_holds FROM lot l
      LEFT JOIN (SELECT lot_id, sum(held) AS held FROM hold_lot GROUP BY 1) h ON h.lot_id = l.id
      WHERE l.held <> coalesce(h.held, 0)`,
  },
  {
    name: 'open holds are not what the account of held value has',
    query: `
      SELECT a.holder_id AS holder, sum(a.balance) AS held, coalesce(min(h.held), 0) AS of_holds FROM account a
      LEFT JOIN (SELECT holder_id, asset_id, sum(held) AS held FROM hold GROUP BY 1, 2) h
        ON (h.holder_id, h.asset_id) = (a.holder_id, a.asset_id)
      WHERE a.part = 'HELD' GROUP BY a.holder_id, a.asset_id HAVING sum(a.balance) <> coalesce(min(h.held), 0)`,
  },
  {
    name: 'a hold is not what its transactions made of it, or ended twice',
    query: `
      SELECT h.id AS hold, h.holder_id AS holder FROM hold h
      LEFT JOIN (
        SELECT t.hold_id,
               count(DISTINCT t.id) FILTER (WHERE t.kind IN ('RELEASE', 'HOLD_EXPIRY')) AS ends,
               coalesce(sum(m.by) FILTER (WHERE t.kind = 'HOLD'), 0) AS placed,
               coalesce(-sum(m.by) FILTER (WHERE t.kind IN ('CAPTURE', 'RELEASE')), 0) AS taken,
               coalesce(-sum(m.by) FILTER (WHERE t.kind = 'HOLD_EXPIRY'), 0) AS expired
        FROM transaction t
        JOIN (${movements}) m ON m.transaction_id = t.id AND m.part = 'HELD'
        WHERE t.hold_id IS NOT NULL GROUP BY 1
      ) t ON t.hold_id = h.id
      WHERE (h.amount, h.captured + h.released, h.expired) IS DISTINCT FROM (t.placed, t.taken, t.expired) OR t.ends > 1`,
  },
];
