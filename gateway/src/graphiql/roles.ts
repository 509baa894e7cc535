import type { RunFile } from './run-file.ts';

/** Whom a developer can act as. */
export interface Role {
  /** `consumer`, `cashier`, … */
  kind: string;
  /** As the page names it. */
  name: string;
  token: string;
}

/** Lists everybody whom there is a ready token for, the first merchant's first. */
export function listRoles({ tokens, demo }: RunFile): Role[] {
  const operator = tokens.platformOperator;
  return [
    ...(operator === undefined ? [] : [{ kind: 'platformOperator', name: 'Platform operator', token: operator }]),
    ...demo.merchants.flatMap(({ id, name, wallets }) => [
      ...(['owner', 'manager', 'cashier', 'partner'] as const).flatMap((kind) => {
        const token = tokens[kind][id];
        return token === undefined ? [] : [{ kind, name: `${kind} of ${name}`, token }];
      }),
      ...wallets.slice(0, 1).map(({ token }) => ({ kind: 'consumer', name: `consumer at ${name}`, token })),
    ]),
  ];
}
