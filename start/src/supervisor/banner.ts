import type { ReadyToken } from '../development-issuer/ready-token.ts';
import type { StateDirectory } from '../installation/state-directory.ts';

const shownTokenCharacters = 16;

/** What the banner proposes to try. */
export const exampleQuery =
  '{ merchants(first: 5) { edges { node { name stores { edges { node { name city } } } } } } }';

interface BannerFacts {
  graphql: string;
  issuerAddress: string | undefined;
  tokens: ReadyToken[];
  state: StateDirectory;
  readyAfterMs: number;
}

/** One line for each token; of the consumers the first, and how many more there are. */
function tokenLines(tokens: ReadyToken[]): string[] {
  const merchants = [...new Set(tokens.map(({ merchant }) => merchant))];
  return merchants.flatMap((merchant) => {
    const own = tokens.filter((token) => token.merchant === merchant);
    const consumers = own.filter(({ role }) => role === 'consumer');
    const shown = own.filter((token) => token.role !== 'consumer' || token === consumers[0]);
    const lines = shown.map(({ role, who, token }) => {
      const others = role === 'consumer' && consumers.length > 1 ? ` (and ${consumers.length - 1} more)` : '';
      return `    ${role.padEnd(18)} ${`${who}${others}`.padEnd(32)} ${token.slice(0, shownTokenCharacters)}…`;
    });
    return merchant ? ['', `    ${merchant}`, ...lines] : lines;
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
