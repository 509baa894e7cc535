import { importJWK, type JWK, SignJWT } from 'jose';

/** Names the issuer in tokens. No address: ports may change between two starts, logins in the database may not. */
export const developmentIssuer = 'https://development.localplus.invalid';
/** Whom the tokens are meant for. */
export const developmentAudience = 'localplus';

/** Long enough to leave a tab open for; renewed at each start. */
const lifetimeS = 30 * 24 * 3_600;

/** Signs a token for a login of the development issuer, valid for 30 days. */
export async function issueDevelopmentToken(key: JWK, subject: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid ?? 'development-issuer', typ: 'JWT' })
    .setIssuer(developmentIssuer)
    .setAudience(developmentAudience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${lifetimeS}s`)
    .sign(await importJWK(key, 'EdDSA'));
}
