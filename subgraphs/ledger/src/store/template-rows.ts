import type { AccountKind, AccountPart } from '../domain/chart-of-accounts.ts';
import type { Category } from '../domain/lot.ts';
import { TemplateBook, type TemplateLine } from '../domain/posting-template.ts';
import type { Sql } from './connection.ts';

interface LineRow {
  event: TemplateLine['event'];
  value: TemplateLine['value'];
  version: number;
  line: TemplateLine['line'];
  debit_kind: AccountKind;
  credit_kind: AccountKind;
}

/**
 * Reads the posting templates and the chart of accounts.
 * @throws an error of one line, when a template does not fit the chart, or one that the ledger needs is missing
 */
export async function loadTemplates(sql: Sql): Promise<TemplateBook> {
  const kinds = await sql.query<{ kind: string; part: AccountPart; category: Category | null }>(
    'SELECT kind, part, category FROM account_kind',
  );
  const { rows } = await sql.query<LineRow>(
    'SELECT event, value, version, line, debit_kind, credit_kind FROM posting_template',
  );
  const lines = rows.map(({ debit_kind: debitKind, credit_kind: creditKind, ...line }) => ({
    ...line,
    debitKind,
    creditKind,
  }));
  const book = new TemplateBook(lines, new Map(kinds.rows.map(({ kind, part }) => [kind, part])));
  const ofHolders = kinds.rows.flatMap(({ kind, category }): [string, Category][] =>
    category ? [[kind, category]] : [],
  );
  book.assertComplete(new Map(ofHolders));
  return book;
}
