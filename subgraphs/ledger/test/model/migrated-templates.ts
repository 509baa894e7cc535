import { readdirSync, readFileSync } from 'node:fs';
import type { AccountKind, AccountPart } from '../../src/domain/chart-of-accounts.ts';
import { TemplateBook, type TemplateLine } from '../../src/domain/posting-template.ts';

const migrations = new URL('../../../../prisma/ledger/migrations/', import.meta.url);

/** The templates of points, read out of the migration that brings them: what the model runs on is what is deployed. */
export function migratedTemplates(): TemplateBook {
  const name = readdirSync(migrations).find((each) => each.endsWith('chart_and_templates'));
  const sql = readFileSync(new URL(`${name}/migration.sql`, migrations), 'utf8');
  const lines = [...sql.matchAll(/\('(\w+)', 'POINTS', (\d), '(\w+)', '(\w+)', '(\w+)'\)/g)].map(
    ([, event, version, line, debitKind, creditKind]): TemplateLine => ({
      event: event as TemplateLine['event'],
      value: 'POINTS',
      version: Number(version),
      line: line as TemplateLine['line'],
      debitKind: debitKind as AccountKind,
      creditKind: creditKind as AccountKind,
    }),
  );
  return new TemplateBook(lines, parts);
}

const parts = new Map<string, AccountPart>([
  ['POINTS_LIABILITY', 'AVAILABLE'],
  ['POINTS_PENDING', 'PENDING'],
  ['POINTS_HELD', 'HELD'],
  ['POINTS_RECEIVABLE', 'OWED'],
  ['POINTS_COST', 'ISSUER'],
  ['REWARD_CLEARING', 'ISSUER'],
  ['BREAKAGE_INCOME', 'ISSUER'],
]);

/** The part of each kind of account that points move on. */
export const partOfKind: ReadonlyMap<string, AccountPart> = parts;
