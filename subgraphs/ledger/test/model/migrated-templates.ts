import { readdirSync, readFileSync } from 'node:fs';
import { type AccountKind, type AccountPart, accountKinds } from '../../src/domain/chart-of-accounts.ts';
import { TemplateBook, type TemplateLine } from '../../src/domain/posting-template.ts';

const migrations = new URL('../../../../prisma/ledger/migrations/', import.meta.url);

/** The templates, read out of the migration that brings them: what the model runs on is what is deployed. */
export function migratedTemplates(): TemplateBook {
  const name = readdirSync(migrations).find((each) => each.endsWith('chart_and_templates'));
  const sql = readFileSync(new URL(`${name}/migration.sql`, migrations), 'utf8');
  return new TemplateBook([...writtenLines(sql), ...linesOfRecipes(sql)], parts);
}

/** Lines that stand there one by one. */
function writtenLines(sql: string): TemplateLine[] {
  return [...sql.matchAll(/\('(\w+)', '(\w+)', (\d), '(\w+)', '(\w+)', '(\w+)'\)/g)].map(
    ([, event, value, version, line, debitKind, creditKind]) => ({
      event: event as TemplateLine['event'],
      value: value as TemplateLine['value'],
      version: Number(version),
      line: line as TemplateLine['line'],
      debitKind: debitKind as AccountKind,
      creditKind: creditKind as AccountKind,
    }),
  );
}

/** Lines of cards, which the migration makes of recipes: the same for each kind of value. */
function linesOfRecipes(sql: string): TemplateLine[] {
  const values = [...sql.matchAll(/\('(MPV|SPV|PROMOTIONAL)', '(\w+_LIABILITY)', '(\w+_HELD)'\)/g)];
  const recipes = [...sql.matchAll(/\('(\w+)', '([a-z]\w+)', '(\w+)', '(\w+)'\)/g)];
  return values.flatMap(([, value, AVAILABLE = '', HELD = '']) => {
    const kindOf = (side = '') => (({ AVAILABLE, HELD })[side] ?? side) as AccountKind;
    return recipes.map(([, event, line, debit, credit]) => ({
      event: event as TemplateLine['event'],
      value: value as TemplateLine['value'],
      version: 1,
      line: line as TemplateLine['line'],
      debitKind: kindOf(debit),
      creditKind: kindOf(credit),
    }));
  });
}

const partsOfHolders: Partial<Record<AccountKind, AccountPart>> = {
  POINTS_LIABILITY: 'AVAILABLE',
  POINTS_PENDING: 'PENDING',
  POINTS_HELD: 'HELD',
  POINTS_RECEIVABLE: 'OWED',
  CARD_LIABILITY: 'AVAILABLE',
  CARD_HELD: 'HELD',
  PROMOTION_LIABILITY: 'AVAILABLE',
  PROMOTION_HELD: 'HELD',
};

const parts = new Map(accountKinds.map((kind) => [kind, partOf(kind)]));

/** The part of a kind of account. */
export function partOf(kind: AccountKind): AccountPart {
  return partsOfHolders[kind] ?? 'ISSUER';
}
