import { createHash } from 'node:crypto';
import { loginSubject } from '@localplus/identity';
import { requestFailure } from '../errors/request-failure.ts';
import type { Credential } from './credential.ts';
import type { TokenVerifier, VerifiedLogin } from './token-verifier.ts';

/** Who a client proved to be, before anybody was asked what that one may do. */
export type Authenticated =
  | ({ readonly kind: 'login'; readonly key: string } & VerifiedLogin)
  | { readonly kind: 'partnerKey'; readonly key: string; readonly partnerKey: string };

/** Checks what a client presents. */
export interface Authenticator {
  /**
   * `key` of the answer names the login (as `loginSubject` writes it), or the partner's key without revealing it.
   * @throws RequestFailure UNAUTHENTICATED, TOKEN_EXPIRED, AUTHENTICATION_UNAVAILABLE
   */
  authenticate(credential: Credential): Promise<Authenticated>;
}

/** Tokens are verified here; a partner's key is only known to be right when the merchant subgraph has looked it up. */
export function createAuthenticator(verifier: TokenVerifier): Authenticator {
  return {
    async authenticate(credential) {
      if (credential.kind === 'partnerKey') {
        return {
          kind: 'partnerKey',
          key: createHash('sha256').update(credential.key).digest('base64url'),
          partnerKey: credential.key,
        };
      }
      if (credential.kind !== 'token') throw requestFailure('UNAUTHENTICATED');
      const login = await verifier.verify(credential.token);
      return { kind: 'login', key: loginSubject(login), ...login };
    },
  };
}
