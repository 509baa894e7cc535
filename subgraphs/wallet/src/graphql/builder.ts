import {
  bigIntScalar,
  dateTimeScalar,
  requestFailure,
  rootTypes,
  type SharedScalars,
} from '@localplus/subgraph-server';
import SchemaBuilder from '@pothos/core';
import DirectivesPlugin from '@pothos/plugin-directives';
import ErrorsPlugin from '@pothos/plugin-errors';
import FederationPlugin from '@pothos/plugin-federation';
import PrismaPlugin from '@pothos/plugin-prisma';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type PrismaTypes from '../store/generated/pothos.ts';
import { getDatamodel } from '../store/generated/pothos.ts';
import type { WalletContext } from './context.ts';

/** Who may use a field at all. What of it they see is decided per row. */
interface Scopes {
  /** Acts for some merchant and may enroll there, or is a platform operator. */
  enrollment: boolean;
  platformOperator: boolean;
}

/** Builds the wallet's part of the graph. */
export const builder = new SchemaBuilder<{
  Context: WalletContext;
  Scalars: SharedScalars;
  PrismaTypes: PrismaTypes;
  AuthScopes: Scopes;
  DefaultFieldNullability: false;
}>({
  // Directives must be listed, or the printed subgraph loses them without a word; federation comes after what wraps resolvers.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, PrismaPlugin, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
  errors: { directResult: true },
  prisma: { client: ({ services }) => services.prisma, dmmf: getDatamodel() },
  scopeAuth: {
    authScopes: ({ caller }) => {
      const platformOperator = caller.kind === 'person' && caller.isPlatformOperator;
      const isStaff = caller.kind === 'person' && caller.memberships.length > 0;
      const isPartner = caller.kind === 'partner' && caller.scopes.includes('wallets:enroll');
      return { platformOperator, enrollment: platformOperator || isStaff || isPartner };
    },
    unauthorizedError: () => requestFailure('FORBIDDEN', 'This is not open to the caller.'),
  },
});

builder.addScalarType('BigInt', bigIntScalar);
builder.addScalarType('DateTime', dateTimeScalar);

builder.queryType(rootTypes.query);
builder.mutationType(rootTypes.mutation);
builder.subscriptionType(rootTypes.subscription);
