/** A further way in beside the open one: for clients that encrypt, name themselves, or come through something. */
export type ExtraListener = {
  /** Capital letters. */
  readonly name: string;
  readonly port: number;
  /** Where clients are told to connect, when that is another port; `port` unless told. */
  readonly advertisedPort?: number;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  /** Of this listener alone, for instance `ssl.keystore.location`. */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A node of a cluster, as `server.properties` tells it. */
export type NodeProperties = {
  /** From 1; 1 unless told. */
  readonly id?: number;
  /** The ports of all controllers, in the order of their nodes; without them the node is the whole cluster. */
  readonly voters?: readonly number[];
  readonly port: number;
  readonly controllerPort: number;
  readonly dataDirectory: string;
  /** More of the broker's own settings, or others for the same names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly extraListeners?: readonly ExtraListener[];
};

/** How many copies each record of Kafka's own topics has in a cluster, and how many must have it. */
const copies = 3;
const copiesInSync = 2;

/** The settings of a broker that is a controller too, as the lines of its file. */
export function serverProperties(node: NodeProperties): string {
  const { id = 1, voters, port, controllerPort, dataDirectory, settings, extraListeners = [] } = node;
  const open = { name: 'PLAINTEXT', port };
  const listeners = [open, ...extraListeners];
  const advertised = [open, ...extraListeners.map((extra) => ({ ...extra, port: extra.advertisedPort ?? extra.port }))];
  const protocols = extraListeners.map(({ name, protocol }) => `${name}:${protocol}`);
  const properties: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    listeners: [...listeners, { name: 'CONTROLLER', port: controllerPort }].map(addressOf).join(','),
    'advertised.listeners': advertised.map(addressOf).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...protocols].join(','),
    ...quorumOf(voters, controllerPort),
    'log.dirs': dataDirectory,
    // Topics are declared in code; a misspelt name is an error.
    'auto.create.topics.enable': 'false',
    ...replicationAmong(voters?.length ?? 1),
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.num.partitions': '4',
    // A broker that was killed is back in 4 s instead of 11.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    // Nobody else is on the way: the first member of a group need not wait for others.
    'group.initial.rebalance.delay.ms': '0',
    // The cleaner's smallest buffer; its default is half of the heap.
    'log.cleaner.dedupe.buffer.size': '2097152',
    ...Object.fromEntries(extraListeners.flatMap(settingsOf)),
    ...settings,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function quorumOf(voters: readonly number[] | undefined, controllerPort: number): Record<string, string> {
  if (!voters) return { 'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}` };
  return { 'controller.quorum.voters': voters.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(',') };
}

/** One node has no second copy to keep. */
function replicationAmong(nodes: number): Record<string, string> {
  const factor = String(Math.min(nodes, copies));
  const inSync = String(Math.min(nodes, copiesInSync));
  return {
    'offsets.topic.replication.factor': factor,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': factor,
    'share.coordinator.state.topic.min.isr': inSync,
  };
}

function addressOf({ name, port }: Pick<ExtraListener, 'name' | 'port'>): string {
  return `${name}://127.0.0.1:${port}`;
}

function settingsOf({ name, settings = {} }: ExtraListener): [string, string][] {
  return Object.entries(settings).map(([key, value]) => [`listener.name.${name.toLowerCase()}.${key}`, value]);
}
