/**
 * Writes a verified login as the `subject` of a person's identity. The bar separates because no issuer (a URL) holds one.
 * @param login `iss` and `sub` of the client's token
 */
export function loginSubject({ issuer, subject }: { issuer: string; subject: string }): string {
  return `${issuer}|${subject}`;
}
