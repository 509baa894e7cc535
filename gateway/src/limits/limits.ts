/** The largest honest operation with its variables is far below; a gigabyte would be parsed before anything else refused it. */
export const requestBytesMax = 1_000_000;
/** A client that is still sending what was refused may send this much more before its connection is cut. */
export const discardedBytesMax = 10_000_000;
/** A slow body holds a connection no longer than this. */
export const requestTimeoutMs = 30_000;
export const headersTimeoutMs = 10_000;
/** Longer than any proxy in front keeps an idle connection (60 s), so that none sends into one that is closing. */
export const keepAliveTimeoutMs = 65_000;

/** The full introspection query has about 500 tokens, the largest operation of the apps fewer. */
export const documentTokensMax = 2_000;
/** Consumer, wallets, program, merchant, stores, transactions, postings: the deepest honest operation has 9 levels. */
export const documentDepthMax = 15;
/** The standard introspection query has 15 levels below `__schema`. */
export const introspectionDepthMax = 20;
/** Fields after fragments are spread: what planning and merging have to touch. */
export const documentFieldsMax = 1_000;
/** Each root field of a mutation is a command. */
export const rootFieldsMax = 20;
/** Aliases multiply work on the same data. */
export const aliasesMax = 50;
/** More complaints help nobody and cost time. */
export const validationErrorsMax = 10;
/** Long enough for every message of graphql-js, short enough not to send a megabyte of a client's own value back. */
export const messageLengthMax = 500;

/** Parsed and validated documents that are kept: the operations of all apps and partners many times over. */
export const rememberedDocumentsMax = 1_000;
/** Together they have at most this many characters; a parsed document takes about ten times its text. */
export const rememberedDocumentCharactersMax = 2_000_000;
/** Query plans that are kept, in MiB. */
export const rememberedPlansMiB = 30;

/** Measured capacity is far below: past this, more requests only make all of them late. */
export const operationsInFlightMax = 1_000;
/** What a client is told to wait when it was turned away. */
export const overloadRetryAfterMs = 1_000;

/** A person has a few tabs and devices, but the screens of a chain share one login or partner key. */
export const socketsPerIdentityMax = 1_000;
/** About 26 kB each; past this one process would need more than 500 MB for them. */
export const socketsMax = 20_000;
/** A proxy in front makes all clients one address: this only keeps a single machine from taking every place. */
export const socketsPerAddressMax = 10_000;
/** A dashboard watches a few wallets, a support desk some dozens. */
export const operationsPerSocketMax = 50;
/** A socket that does not introduce itself is closed. */
export const connectionInitTimeoutMs = 5_000;
/** A socket without a token learns by an error frame what is wrong, and is closed. */
export const anonymousSocketLifetimeMs = 3_000;
/** Keeps proxies from closing quiet sockets and finds clients that vanished. */
export const pingIntervalMs = 12_000;
/** A client that does not read may leave this much unsent before its socket is dropped. */
export const bufferedBytesMax = 1_048_576;
/** Timers cannot wait longer than 2^31 ms; whoever has a longer token is asked to connect again. */
export const socketLifetimeMaxMs = 24 * 60 * 60 * 1_000;

/** The ledger tries a serialisation failure again inside 5 s; the rest is for the way. */
export const subgraphTimeoutMs = 10_000;
export const subgraphConnectTimeoutMs = 2_000;
/** Enough for the concurrency that one subgraph process can use. */
export const subgraphConnectionsMax = 64;
/** A page of a thousand postings is about 1 MB. */
export const subgraphResponseBytesMax = 16_000_000;

/** How long requests in flight may take at the end; a process has 2.5 s for its whole drain. */
export const drainLimitMs = 2_000;
