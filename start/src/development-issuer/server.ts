import { createServer, type IncomingMessage } from 'node:http';
import type { JWK } from 'jose';
import { loopback } from '../installation/ports.ts';
import { publicPart } from '../installation/secrets.ts';
import { tokensPage } from './page.ts';
import type { ReadyToken } from './ready-token.ts';
import { developmentAudience, developmentIssuer } from './tokens.ts';

/** Names under which a browser on this machine reaches the issuer. Any other comes from a page that only pretends to be local. */
const localNames = ['127.0.0.1', 'localhost', '[::1]'];

/** A running development issuer. */
export interface DevelopmentIssuer {
  address: string;
  issuer: string;
  audience: string;
  jwksUrl: string;
  /** Sets what the page offers. */
  offer(tokens: ReadyToken[]): void;
  stop(): Promise<void>;
}

function isLocal(request: IncomingMessage): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  return localNames.includes(name);
}

/**
 * Starts the issuer of development: its public key, and a page with ready tokens, for this machine alone.
 * @param port of the loopback address
 * @throws when the port cannot be bound
 */
export async function startDevelopmentIssuer(options: {
  port: number;
  key: JWK;
  graphiqlAddress: string;
}): Promise<DevelopmentIssuer> {
  const address = `http://${loopback}:${options.port}`;
  const jwksUrl = `${address}/.well-known/jwks.json`;
  let offered: ReadyToken[] = [];
  const json = (value: unknown) => ({ type: 'application/json', body: JSON.stringify(value) });
  const pages: Record<string, () => { type: string; body: string }> = {
    '/': () => ({ type: 'text/html; charset=utf-8', body: tokensPage(offered, options.graphiqlAddress) }),
    '/tokens.json': () => json(offered),
    '/.well-known/jwks.json': () => json({ keys: [publicPart(options.key)] }),
    '/.well-known/openid-configuration': () => json({ issuer: developmentIssuer, jwks_uri: jwksUrl }),
  };

  const server = createServer((request, response) => {
    const page = isLocal(request) ? pages[request.url ?? ''] : undefined;
    if (!page) {
      response.writeHead(isLocal(request) ? 404 : 403).end();
      return;
    }
    const { type, body } = page();
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, loopback, resolve);
  });
  return {
    address,
    issuer: developmentIssuer,
    audience: developmentAudience,
    jwksUrl,
    offer: (tokens) => {
      offered = tokens;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
