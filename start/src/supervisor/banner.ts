import type { ReadyToken } from '../development-issuer/ready-token.ts';
import type { StateDirectory } from '../installation/state-directory.ts';

const shownTokenCharacters = 16;

/** What the banner proposes to try. */
export const exampleQuery = '{ merchants(first: 5) { edges { node { name status currency } } } }';

interface BannerFacts {
  graphql: string;
  issuerAddress: string | undefined;
  tokens: ReadyToken[];
  state: StateDirectory;
  readyAfterMs: number;
}

function tokenLines(tokens: ReadyToken[]): string[] {
  const shown = tokens.filter(({ role }, index) => role !== 'consumer' || tokens[index - 1]?.role !== 'consumer');
  return shown.map(({ role, who, merchant, token }) => {
    const whose = merchant ? `${who}, ${merchant}` : who;
    return `    ${role.padEnd(18)} ${whose.padEnd(42)} ${token.slice(0, shownTokenCharacters)}…`;
  });
}

/** What the person who started the house reads when it stands. */
export function banner({ graphql, issuerAddress, tokens, state, readyAfterMs }: BannerFacts): string {
  const graphiql = issuerAddress ? ' (GraphiQL, in a browser)' : '';
  const lines = [
    '',
    `  Local-Plus is ready after ${(readyAfterMs / 1_000).toFixed(1)} s`,
    '',
    `    GraphQL            ${graphql}${graphiql}`,
    `    Subscriptions      ${graphql.replace('http', 'ws')}`,
  ];
  if (issuerAddress) lines.push(`    Ready tokens       ${issuerAddress}`);
  lines.push(`    For scripts        ${state.runFile}`);
  if (tokens.length > 0)
    lines.push('', '  Tokens, in full at the address and in the file above:', ...tokenLines(tokens));
  if (issuerAddress) {
    const run = `node -p "JSON.parse(fs.readFileSync('${state.runFile}')).tokens.platformOperator"`;
    lines.push(
      '',
      '  Try:',
      `    curl -s ${graphql} -H 'content-type: application/json' \\`,
      `      -H "authorization: Bearer $(${run})" \\`,
      `      -d '{"query":"${exampleQuery}"}'`,
    );
  }
  lines.push('', '  Ctrl-C stops everything.', '');
  return lines.join('\n');
}
