import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { readExampleTabs } from './examples.ts';
import { listRoles } from './roles.ts';
import { readRunFile } from './run-file.ts';

/** The page and the headers that go with it. */
export interface GraphiqlPage {
  html: string;
  headers: Record<string, string>;
}

const bodyStart = '<body id="body" class="no-focus-outline">';
const renderCall = 'YogaGraphiQL.renderYogaGraphiQL(';
const title = 'Local-Plus';
const placeholder = { title, defaultQuery: 'the options stand here' };

/** Everything that the page needs stands in it: nothing may be fetched from elsewhere, and the API only from here. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; style-src 'unsafe-inline'; " +
    "img-src data:; font-src data:; connect-src 'self' data:; worker-src blob:; frame-ancestors 'none'",
};

function splitAtLast(text: string, mark: string): [string, string] {
  const at = text.lastIndexOf(mark);
  if (at < 0) throw new Error(`GraphiQL's page has no ${mark}.`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** The package's page, with the role bar put in and a hole where the options stand. */
async function readTemplate(): Promise<[string, string]> {
  const page = renderGraphiQL(placeholder);
  const roleBar = await readFile(new URL('role-bar.html', import.meta.url), 'utf8');
  const [head, body] = splitAtLast(page, bodyStart);
  const [before, after] = splitAtLast(body, JSON.stringify(placeholder));
  const [scripts, callEnd] = splitAtLast(before, renderCall);
  return [`${head}${bodyStart}${roleBar}${scripts}LocalPlusGraphiQL.render(${callEnd}`, after];
}

/**
 * Makes the page of GraphiQL for development: the example operations in tabs with a token each, and a bar to act as
 * somebody else.
 * @param tokensFile the platform's run file; read each time, because it is written after the gateway has started
 */
export function createGraphiqlPage(tokensFile: string | undefined): () => Promise<GraphiqlPage> {
  let template: Promise<[string, string]> | undefined;
  return async () => {
    template ??= readTemplate();
    const [before, after] = await template;
    const runFile = await readRunFile(tokensFile);
    const roles = listRoles(runFile);
    const options = {
      title,
      defaultTabs: await readExampleTabs(runFile, roles),
      roles,
      stamp: createHash('sha256').update(JSON.stringify(roles)).digest('base64url'),
      shouldPersistHeaders: true,
    };
    // A name with "</script>" in it would end the script.
    return { html: `${before}${JSON.stringify(options).replaceAll('<', '\\u003c')}${after}`, headers };
  };
}
