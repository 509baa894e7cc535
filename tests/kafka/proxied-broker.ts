import { findFreePorts } from '@localplus/local-kafka';
import { type HalfOpenProxy, startHalfOpenProxy } from './half-open-proxy.ts';
import { startTestBroker } from './test-broker.ts';

/** A broker that is reached by itself, and by connections that can go silent. */
export type ProxiedBroker = {
  readonly direct: { readonly brokers: readonly string[] };
  readonly behind: { readonly brokers: readonly string[] };
  readonly proxy: HalfOpenProxy;
  remove(): Promise<void>;
};

/** Starts a broker and a proxy before it. */
export async function startProxiedBroker(): Promise<ProxiedBroker> {
  const [port = 0] = await findFreePorts(1);
  const proxy = await startHalfOpenProxy(() => port);
  const proxied = { name: 'PROXIED', protocol: 'PLAINTEXT', port, advertisedPort: proxy.port } as const;
  const broker = await startTestBroker({ extraListeners: [proxied] });
  return {
    direct: { brokers: [broker.address] },
    behind: { brokers: [`127.0.0.1:${proxy.port}`] },
    proxy,
    remove: async () => {
      await proxy.close();
      await broker.remove();
    },
  };
}
