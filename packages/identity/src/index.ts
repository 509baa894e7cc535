export {
  type Caller,
  callerSchema,
  type Membership,
  type PartnerScope,
  partnerScopes,
  type Role,
  type ServiceName,
} from './caller.ts';
export { type InternalKeySet, internalKeySetSchema, readPrivateKey, readPublicKeys } from './internal-keys.ts';
export { loginPseudonym, loginSubject } from './login-subject.ts';
export { isMemberOf, mayActFor, membershipOf } from './rights.ts';
export { createIdentitySigner, type IdentitySigner } from './sign-identity.ts';
export { createIdentityVerifier, IdentityRefused, type IdentityVerifier } from './verify-identity.ts';
/** Name of the HTTP header, and of the gRPC metadata entry, that carries the internal identity. */
export const identityHeader = 'x-localplus-identity';
