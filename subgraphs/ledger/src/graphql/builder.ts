import {
  bigIntScalar,
  dateTimeScalar,
  requestFailure,
  rootTypes,
  type SharedScalars,
} from '@localplus/subgraph-server';
import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import FederationPlugin from '@pothos/plugin-federation';
import PrismaPlugin from '@pothos/plugin-prisma';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type PrismaTypes from '../store/generated/pothos.ts';
import { getDatamodel } from '../store/generated/pothos.ts';
import type { LedgerContext } from './context.ts';

/** Who may use a field at all. Whose money they may touch is decided by the command. */
interface Scopes {
  /** Staff of some merchant, a partner that may earn, or a platform operator. */
  earning: boolean;
  /** Staff of some merchant, a partner that may burn, or a platform operator. */
  burning: boolean;
  /** Manager or owner of some merchant, or a platform operator. */
  reversing: boolean;
}

/** Builds the ledger's part of the graph. */
export const builder = new SchemaBuilder<{
  Context: LedgerContext;
  Scalars: SharedScalars;
  PrismaTypes: PrismaTypes;
  AuthScopes: Scopes;
  DefaultFieldNullability: false;
}>({
  // Directives must be listed, or the printed subgraph loses them without a word; federation comes after what wraps resolvers.
  plugins: [ScopeAuthPlugin, PrismaPlugin, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
  prisma: { client: ({ services }) => services.prisma, dmmf: getDatamodel() },
  scopeAuth: {
    authScopes: ({ caller }) => {
      if (caller.kind === 'partner') {
        return {
          earning: caller.scopes.includes('points:earn'),
          burning: caller.scopes.includes('points:burn'),
          reversing: false,
        };
      }
      if (caller.kind !== 'person') return { earning: false, burning: false, reversing: false };
      const isStaff = caller.isPlatformOperator || caller.memberships.length > 0;
      const isInCharge = caller.isPlatformOperator || caller.memberships.some(({ role }) => role !== 'cashier');
      return { earning: isStaff, burning: isStaff, reversing: isInCharge };
    },
    unauthorizedError: () => requestFailure('FORBIDDEN', 'This is not open to the caller.'),
  },
});

builder.addScalarType('BigInt', bigIntScalar);
builder.addScalarType('DateTime', dateTimeScalar);

builder.queryType(rootTypes.query);
builder.mutationType(rootTypes.mutation);
