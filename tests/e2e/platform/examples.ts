import type { Platform } from './start-platform.ts';

/** An operation that GraphiQL offers, as the tab that it opens. */
export interface Example {
  name: string;
  token: string;
  query: string;
  variables: Record<string, unknown>;
}

interface Tab {
  query: string;
  variables?: string;
  headers?: string;
}

/** Reads the example operations out of GraphiQL's page. */
export async function readExamples(platform: Platform): Promise<Example[]> {
  const response = await fetch(platform.run().gateway.http, { headers: { accept: 'text/html' } });
  const page = await response.text();
  const found = /"defaultTabs":(\[.*?\])[,}]\s*(?:"|\})/s.exec(page)?.[1];
  if (found === undefined) throw new Error('The page of GraphiQL has no tabs.');
  return (JSON.parse(found) as Tab[]).map(({ query, variables, headers }) => ({
    name: /(?:query|mutation|subscription)\s+(\w+)/.exec(query)?.[1] ?? query.slice(0, 40),
    token: (JSON.parse(headers ?? '{}') as { authorization?: string }).authorization?.replace(/^Bearer /, '') ?? '',
    query,
    variables: JSON.parse(variables ?? '{}') as Record<string, unknown>,
  }));
}
