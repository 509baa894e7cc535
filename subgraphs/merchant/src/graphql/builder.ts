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
import { belongsTo, isOperator, mayInspect } from '../domain/rights.ts';
import type PrismaTypes from '../store/generated/pothos.ts';
import { getDatamodel } from '../store/generated/pothos.ts';
import type { MerchantContext } from './context.ts';

/** Who may use a field at all. What of it they see is decided per row. */
interface Scopes {
  platformOperator: boolean;
  /**
   * Runs the merchant (`mer_…`), or is nobody there: who belongs to a merchant is told that a role is missing, everybody else
   * finds nothing.
   */
  inspection: string;
}

/** Builds the merchant's part of the graph. */
export const builder = new SchemaBuilder<{
  Context: MerchantContext;
  Scalars: SharedScalars;
  PrismaTypes: PrismaTypes;
  AuthScopes: Scopes;
  DefaultFieldNullability: false;
}>({
  // Directives must be listed, or the printed subgraph loses them without a word.
  plugins: [ErrorsPlugin, ScopeAuthPlugin, PrismaPlugin, DirectivesPlugin, FederationPlugin],
  defaultFieldNullability: false,
  errors: { directResult: true },
  prisma: { client: ({ services }) => services.prisma, dmmf: getDatamodel() },
  scopeAuth: {
    authScopes: ({ caller }) => ({
      platformOperator: isOperator(caller),
      inspection: (merchantId) => mayInspect(caller, merchantId) || !belongsTo(caller, merchantId),
    }),
    unauthorizedError: () => requestFailure('FORBIDDEN', 'This is not open to the caller.'),
  },
});

builder.addScalarType('BigInt', bigIntScalar);
builder.addScalarType('DateTime', dateTimeScalar);

builder.queryType(rootTypes.query);
builder.mutationType(rootTypes.mutation);
