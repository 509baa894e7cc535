/** What a client presents to say who it is. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'partnerKey'; readonly key: string };

const bearerPattern = /^Bearer +(\S+)$/i;
const partnerKeyPattern = /^lpk_[A-Za-z0-9_-]{1,200}$/;

/** Reads `Bearer <JSON web token>` or `Bearer lpk_…`, from an Authorization header or its like in `connection_init`. */
export function readCredential(authorization: unknown): Credential {
  if (authorization === undefined || authorization === null || authorization === '') return { kind: 'none' };
  const presented = typeof authorization === 'string' ? bearerPattern.exec(authorization.trim())?.[1] : undefined;
  if (presented === undefined) return { kind: 'malformed' };
  if (!presented.startsWith('lpk_')) return { kind: 'token', token: presented };
  return partnerKeyPattern.test(presented) ? { kind: 'partnerKey', key: presented } : { kind: 'malformed' };
}
