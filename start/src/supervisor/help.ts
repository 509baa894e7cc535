/** What `npm start -- --help` says. */
export const helpText = `Local-Plus: starts everything that it consists of and keeps it running.

  npm start                      PostgreSQL, the subgraphs in one process, the gateway; seeds a demo the first time
  npm start -- --separate        each subgraph in a process of its own
  npm start -- --kafka           events on Apache Kafka, one broker of this machine's own; needs Java 17 and Maven
  npm start -- --reset           removes this installation's data and starts afresh
  npm start -- --help            this text

Ctrl-C drains everything and ends it.

Variables (default)
  GATEWAY_PORT (4000)            the one address that clients use, at /graphql
  BIND_ADDRESS (127.0.0.1)       where the gateway listens; everything else stays on the loopback interface
  LEDGER_HTTP_PORT (4101)        LEDGER_GRPC_PORT (4201)
  WALLET_HTTP_PORT (4102)        WALLET_GRPC_PORT (4202)
  MERCHANT_HTTP_PORT (4103)      MERCHANT_GRPC_PORT (4203)
  POSTGRES_PORT (5439)           of the embedded PostgreSQL
  KAFKA_PORT (9092)              KAFKA_CONTROLLER_PORT (9093), of the Kafka of --kafka
  DEVELOPMENT_ISSUER_PORT (4010) of the page with ready tokens
  LOCALPLUS_STATE_DIRECTORY (.local)
                                 keys, data, logs, run.json; another one is another installation
  LOCALPLUS_SEED (demo)          demo or none
  LOG_LEVEL (info)               of the logs under logs/ in the state directory

Instead of what is embedded
  DATABASE_URL                   a PostgreSQL to be used instead, as a role that may create databases and roles
  EVENT_BUS=kafka, KAFKA_BROKERS a Kafka to be used instead of the event bus in PostgreSQL; TLS, SASL and topics:
                                 packages/event-bus/README.md
  OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL
                                 whose tokens are accepted; needed with DATABASE_URL, with NODE_ENV=production, and
                                 where BIND_ADDRESS is not loopback: the development issuer stays off then`;
