import type { ReadyToken } from '../development-issuer/ready-token.ts';
import type { RunFile, RunTokens } from '../installation/run-file.ts';
import type { DemoState } from './demo-state.ts';

/** Subject of the platform operator's login. */
export const operatorSubject = 'platform-operator';

/** Everything that lets somebody in, in the form of the run file and in that of the page. */
export interface Credentials {
  tokens: RunTokens;
  demo: RunFile['demo'];
  ready: ReadyToken[];
}

/**
 * Issues fresh tokens for the platform operator and everybody of the demo.
 * @param demo undefined where none was asked for
 */
export async function issueCredentials(
  issue: (subject: string) => Promise<string>,
  demo: DemoState | undefined,
): Promise<Credentials> {
  const tokens: RunTokens = {
    platformOperator: await issue(operatorSubject),
    partner: {},
    owner: {},
    manager: {},
    cashier: {},
  };
  const ready: ReadyToken[] = [
    { role: 'platform operator', who: 'of the platform', token: tokens.platformOperator ?? '' },
  ];
  const merchants: RunFile['demo']['merchants'] = [];
  for (const { id, name, programId, storeIds, partner, staff, wallets } of demo?.merchants ?? []) {
    for (const { role, displayName, subject } of staff) {
      const token = await issue(subject);
      tokens[role][id] = token;
      ready.push({ role, who: displayName, merchant: name, token });
    }
    tokens.partner[id] = partner.key;
    ready.push({ role: 'partner', who: partner.name, merchant: name, token: partner.key });
    const withTokens = await Promise.all(
      wallets.map(async (wallet) => ({ ...wallet, token: await issue(wallet.subject) })),
    );
    for (const { givenName, token } of withTokens)
      ready.push({ role: 'consumer', who: givenName, merchant: name, token });
    merchants.push({
      id,
      name,
      programId,
      storeIds,
      wallets: withTokens.map(({ id: walletId, consumerId, token }) => ({ id: walletId, consumerId, token })),
    });
  }
  return { tokens, demo: { merchants }, ready };
}
