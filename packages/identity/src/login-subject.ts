import { createHash } from 'node:crypto';

/** Enough that no two logins ever share a pseudonym. */
const pseudonymLength = 32;

/**
 * Writes a verified login as the `subject` of a person's identity. The bar separates because no issuer (a URL) holds one.
 * @param login `iss` and `sub` of the client's token
 */
export function loginSubject({ issuer, subject }: { issuer: string; subject: string }): string {
  return `${issuer}|${subject}`;
}

/**
 * A login's pseudonym, for events, the journal and whatever else outlives the person's data: whoever knows the login finds
 * what it did, nobody finds the login.
 * @param subject a login as `loginSubject` writes it
 */
export function loginPseudonym(subject: string): string {
  return createHash('sha256').update(subject).digest('hex').slice(0, pseudonymLength);
}
