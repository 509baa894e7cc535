import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type Caller, type IdentityVerifier, identityHeader } from '@localplus/identity';
import { GraphQLError, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';

/** Resolvers by type and field. */
type Resolvers = Record<string, Record<string, unknown>>;
type SubgraphModule = Exclude<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>;

/** What a fixture's resolvers find in their context. */
export interface FixtureContext {
  caller: Caller;
}

interface FixtureOptions {
  name: string;
  typeDefs: string;
  resolvers: Resolvers;
  verifier: IdentityVerifier;
}

/** A small real subgraph on a real port, which can die and come back. */
export class FixtureSubgraph {
  readonly name: string;
  readonly typeDefs: string;
  /** Operations that arrived over HTTP. */
  readonly requests: { query: string; variables: Record<string, unknown> }[] = [];
  readonly #options: FixtureOptions;
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;
  #port = 0;

  constructor(options: FixtureOptions) {
    this.#options = options;
    this.name = options.name;
    this.typeDefs = options.typeDefs;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}/graphql`;
  }

  /** Starts, or starts again on the same port. */
  async start(): Promise<void> {
    const { typeDefs, resolvers, verifier } = this.#options;
    const schema = buildSubgraphSchema({ typeDefs: parse(typeDefs), resolvers } as SubgraphModule);
    const identify = async (token: unknown): Promise<FixtureContext> => ({
      caller: await verifier.verify(typeof token === 'string' ? token : undefined),
    });
    const yoga = createYoga<{ params: { query: string; variables: Record<string, unknown> } }>({
      schema,
      logging: false,
      maskedErrors: false,
      context: ({ request, params }) => {
        this.requests.push({ query: params.query ?? '', variables: params.variables ?? {} });
        return identify(request.headers.get(identityHeader));
      },
    });
    const server = createServer(
      (request, response) => void yoga(request, response, { params: { query: '', variables: {} } }),
    );
    server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    const sockets = new WebSocketServer({ server, path: '/graphql' });
    useServer(
      {
        schema,
        context: ({ connectionParams }) =>
          identify(connectionParams?.[identityHeader]).catch(() => {
            throw new GraphQLError('canary: unidentified');
          }),
      },
      sockets,
    );
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
  }

  /** Goes away as a killed process does: every connection breaks. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = [new Promise<void>((resolve) => server.close(() => resolve()))];
    for (const socket of this.#sockets?.clients ?? []) {
      closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
      socket.terminate();
    }
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(closed);
  }
}
