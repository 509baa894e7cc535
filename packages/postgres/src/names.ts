import { escapeIdentifier } from 'pg';

const nameForm = /^[a-z][a-z0-9_]{0,47}$/;

/** A subgraph's place in the database, and who may do what there: one schema, its owner (no login), its login role. */
export type SubgraphRoles = { schema: string; ownerRole: string; loginRole: string };

/** The schema and roles of a subgraph, all derived from its name. */
export function rolesOf(name: string): SubgraphRoles {
  return { schema: name, ownerRole: `${name}_owner`, loginRole: name };
}

/**
 * Quotes the name of a database, schema or role for use in a statement, where parameters cannot stand.
 * Throws for a name that is not lower case letters, digits and underscores (at most 48).
 */
export function quoteName(name: string): string {
  if (!nameForm.test(name)) throw new Error(`not a usable database, schema or role name: ${JSON.stringify(name)}`);
  return escapeIdentifier(name);
}
