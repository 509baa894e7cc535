import { Agent, request } from 'undici';

/** One request failure, as `errors[]` holds it. */
export interface RequestFailure {
  message: string;
  path?: (string | number)[];
  extensions?: { code?: string };
}

/** What the gateway, or a subgraph, answered to one operation. */
export interface GraphqlAnswer<Data> {
  status: number;
  /** The body as it came, to look for what may not stand in it. */
  body: string;
  data: Data | null | undefined;
  errors: RequestFailure[];
}

/** How an operation is sent. */
export interface GraphqlRequest {
  url: string;
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string;
  headers?: Record<string, string>;
}

/** As many as the largest test has in flight, so that no request waits for a socket of ours. */
const socketsMax = 128;
const answerTimeoutMs = 15_000;

/** Sends GraphQL operations over HTTP and keeps its connections between them. */
export class GraphqlClient {
  readonly #agent = new Agent({
    connections: socketsMax,
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });

  /** Sends a body as it is. @throws when no answer came */
  async post<Data>(url: string, body: string, headers: Record<string, string> = {}): Promise<GraphqlAnswer<Data>> {
    const response = await request(url, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body,
    });
    const text = await response.body.text();
    const parsed = parseAnswer<Data>(text);
    return { status: response.statusCode, body: text, data: parsed?.data, errors: parsed?.errors ?? [] };
  }

  /** Sends one operation. @throws when no answer came */
  send<Data>({ url, query, variables, operationName, headers }: GraphqlRequest): Promise<GraphqlAnswer<Data>> {
    return this.post(url, JSON.stringify({ query, variables, operationName }), headers);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function parseAnswer<Data>(text: string): { data?: Data | null; errors?: RequestFailure[] } | undefined {
  try {
    return JSON.parse(text) as { data?: Data | null; errors?: RequestFailure[] };
  } catch (error) {
    // A proxy or a limit may answer in plain text; the test looks at status and body then.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The data of an answer that must have succeeded. @throws with the whole answer otherwise */
export function dataOf<Data>(answer: GraphqlAnswer<Data>): Data {
  if (answer.errors.length > 0 || !answer.data) {
    throw new Error(`The operation failed with HTTP ${answer.status}: ${answer.body.slice(0, 2_000)}`);
  }
  return answer.data;
}
