import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { createIdentityVerifier, internalKeySetSchema } from '@localplus/identity';
import { createLogger } from '@localplus/logging';
import { parse } from 'graphql';
import { exportJWK, generateKeyPair } from 'jose';
import { startGateway } from '../main.ts';
import { CallerServices } from './caller-services.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { MerchantSubgraph } from './merchant-subgraph.ts';
import { WalletSubgraph } from './wallet-subgraph.ts';

/** Composes fixtures as the house does: subgraphs are named, not placed. */
export function composeSupergraph(subgraphs: { name: string; typeDefs: string }[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, typeDefs }) => ({ name, url: `http://${name}`, typeDefs: parse(typeDefs) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

/** A gateway with fixtures around it, everything on real ports. */
export async function startTestGateway(environment: NodeJS.ProcessEnv = {}) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const verifier = createIdentityVerifier(
    internalKeySetSchema.parse({ keys: [{ ...(await exportJWK(publicKey)), kid: 'gateway' }] }),
  );
  const logged: string[] = [];
  const logger = createLogger('gateway', { write: (line: string) => void logged.push(line) });
  const provider = await startIdentityProvider();
  const callers = new CallerServices(verifier, logger);
  const wallet = new WalletSubgraph(verifier);
  const merchant = new MerchantSubgraph(verifier);
  await Promise.all([
    callers.startMerchant(),
    callers.startWallet(),
    wallet.subgraph.start(),
    merchant.subgraph.start(),
  ]);

  const folder = await mkdtemp(join(tmpdir(), 'localplus-gateway-'));
  const supergraphFile = join(folder, 'supergraph.graphql');
  const keyFile = join(folder, 'key.json');
  await writeFile(supergraphFile, composeSupergraph([wallet.subgraph, merchant.subgraph]));
  await writeFile(keyFile, JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'gateway' }));

  const gateway = await startGateway(
    {
      GATEWAY_PORT: '0',
      SUPERGRAPH_FILE: supergraphFile,
      SUBGRAPH_URLS: `wallet=${wallet.subgraph.address},merchant=${merchant.subgraph.address}`,
      INTERNAL_KEY_FILE: keyFile,
      OIDC_ISSUER: provider.issuer,
      OIDC_AUDIENCE: provider.audience,
      OIDC_JWKS_URL: provider.jwksUrl,
      ...callers.addresses,
      ...environment,
    },
    logger,
  );
  return {
    gateway,
    url: `http://127.0.0.1:${gateway.port}/graphql`,
    webSocketUrl: `ws://127.0.0.1:${gateway.port}/graphql`,
    supergraphFile,
    wallet,
    merchant,
    callers,
    provider,
    logged,
    async stop() {
      await gateway.stop();
      await Promise.all([
        wallet.subgraph.kill(),
        merchant.subgraph.kill(),
        callers.stopMerchant(),
        callers.stopWallet(),
      ]);
      await provider.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
