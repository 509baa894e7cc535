import type { IncomingMessage } from 'node:http';
import { requestFailure } from '../errors/request-failure.ts';
import { parseExactJson } from '../execution/exact-json.ts';
import { readBody } from './read-body.ts';

/** What a GraphQL request consists of. */
export interface OperationParameters {
  query: string;
  operationName?: string | undefined;
  variables?: Record<string, unknown> | undefined;
}

/** A header that only a script of the own origin, or one that CORS allows, can send. */
const preflightHeader = 'graphql-require-preflight';
const jsonPattern = /^application\/json *(;|$)/i;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badRequest(message: string): never {
  throw requestFailure('BAD_REQUEST', { message });
}

function readJson(text: string, what: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return badRequest(`${what} must be JSON.`);
    throw error;
  }
}

function readFields({ query, operationName, variables, extensions }: Record<string, unknown>): OperationParameters {
  if (typeof query !== 'string') return badRequest('The query must be a string.');
  const name = operationName ?? undefined;
  if (name !== undefined && typeof name !== 'string') return badRequest('The operationName must be a string.');
  const values = variables ?? undefined;
  if (values !== undefined && !isObject(values)) return badRequest('The variables must be an object.');
  if (!isObject(extensions ?? {})) return badRequest('The extensions must be an object.');
  return { query, operationName: name, variables: values };
}

function readUrl(url: URL): OperationParameters {
  const text = (name: string) => url.searchParams.get(name) || undefined;
  const json = (name: string) => {
    const value = text(name);
    return value === undefined ? undefined : readJson(value, `The ${name}`);
  };
  return readFields({
    query: text('query'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/** A browser sends simple requests across origins without asking; none of ours is simple. */
function refuseSimpleRequest({ method, headers }: IncomingMessage): void {
  const isPreflighted =
    method === 'POST' || headers.authorization !== undefined || headers[preflightHeader] !== undefined;
  if (!isPreflighted) throw requestFailure('REQUEST_NOT_PREFLIGHTED');
}

/**
 * Reads a GraphQL request from HTTP: a query by GET, anything by POST with a JSON body.
 * @throws RequestFailure UNSUPPORTED_MEDIA_TYPE, REQUEST_NOT_PREFLIGHTED, PAYLOAD_TOO_LARGE, BAD_REQUEST
 */
export async function readParameters(request: IncomingMessage, url: URL): Promise<OperationParameters> {
  if (request.method === 'GET') {
    refuseSimpleRequest(request);
    return readUrl(url);
  }
  if (!jsonPattern.test(request.headers['content-type'] ?? '')) throw requestFailure('UNSUPPORTED_MEDIA_TYPE');
  const body = readJson(await readBody(request), 'The body');
  return isObject(body) ? readFields(body) : badRequest('The body must be one JSON object.');
}
