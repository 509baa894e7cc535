import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  specifiedRules,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { RequestFailures, requestFailure } from '../errors/request-failure.ts';
import { checkDocumentLimits } from '../limits/document-limits.ts';
import {
  documentTokensMax,
  rememberedDocumentCharactersMax,
  rememberedDocumentsMax,
  validationErrorsMax,
} from '../limits/limits.ts';
import { noReservedNames } from '../limits/reserved-names.ts';
import { hasTooManyTokens } from '../limits/token-count.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { complaints } from './complaints.ts';
import { withExactLiterals } from './exact-literals.ts';
import { isIntrospection, type PreparedDocument } from './prepared-document.ts';
import { requiredScopes } from './required-scopes.ts';

const structureRules = [...specifiedRules.filter((rule) => rule !== ValuesOfCorrectTypeRule), noReservedNames];

function parseDocument(text: string): DocumentNode {
  if (hasTooManyTokens(text)) {
    throw requestFailure('QUERY_TOO_LARGE', { message: `The document has more than ${documentTokensMax} tokens.` });
  }
  try {
    return parse(text, { maxTokens: documentTokensMax });
  } catch (error) {
    throw error instanceof GraphQLError ? complaints('GRAPHQL_PARSE_FAILED', [error]) : error;
  }
}

/** Validates; a rule of graphql-js that throws its complaint (a variable in `@skip` of a subscription's field) has complained too. */
function findProblems(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
): readonly GraphQLError[] {
  try {
    return validate(schema, document, rules, { maxErrors: validationErrorsMax });
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

function checkDocument(schema: GraphQLSchema, document: DocumentNode): void {
  const beyondLimits = checkDocumentLimits(document);
  if (beyondLimits.length > 0) throw new RequestFailures(beyondLimits);
  const misfits = findProblems(schema, document, structureRules);
  if (misfits.length > 0) throw complaints('GRAPHQL_VALIDATION_FAILED', misfits);
  const wrongValues = findProblems(schema, document, [ValuesOfCorrectTypeRule]);
  if (wrongValues.length > 0) throw complaints('BAD_USER_INPUT', wrongValues);
}

/** Prepares documents for one supergraph and keeps those that may be executed. Refused ones are not kept. */
export class Documents {
  readonly #supergraph: Supergraph;
  readonly #prepared = new LRUCache<string, PreparedDocument>({
    max: rememberedDocumentsMax,
    maxSize: rememberedDocumentCharactersMax,
    sizeCalculation: (_document, text) => Math.max(1, text.length),
  });

  constructor(supergraph: Supergraph) {
    this.#supergraph = supergraph;
  }

  /** @throws RequestFailure or RequestFailures with what is wrong */
  prepare(text: string): PreparedDocument {
    const known = this.#prepared.get(text);
    if (known) return known;
    const { schema, scopeRules } = this.#supergraph;
    const parsed = parseDocument(text);
    checkDocument(schema, parsed);
    const document = withExactLiterals(schema, parsed);
    const scopes = requiredScopes(schema, scopeRules, document);
    const prepared = {
      document,
      hash: createHash('sha256').update(text).digest('base64url'),
      operations: document.definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION
          ? {
              name: definition.name?.value,
              definition,
              isIntrospection: isIntrospection(document, definition),
              requiredScopes: scopes,
            }
          : [],
      ),
    };
    this.#prepared.set(text, prepared);
    return prepared;
  }
}
