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
  // The page's own options stand in one line of its script.
  const line = page.split('\n').findLast((text) => text.includes('"defaultTabs":'));
  if (line === undefined) throw new Error('The page of GraphiQL has no tabs.');
  const { defaultTabs } = JSON.parse(line.slice(line.indexOf('{"'), line.lastIndexOf('}') + 1)) as {
    defaultTabs: Tab[];
  };
  return defaultTabs.map(({ query, variables, headers }) => ({
    name: /^(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? query.slice(0, 40),
    token: (JSON.parse(headers ?? '{}') as { authorization?: string }).authorization?.replace(/^Bearer /, '') ?? '',
    query,
    variables: JSON.parse(variables ?? '{}') as Record<string, unknown>,
  }));
}
