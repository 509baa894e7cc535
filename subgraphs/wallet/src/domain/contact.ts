import { domainToASCII } from 'node:url';

/** Lengths of RFC 5321. */
const emailLengthMax = 254;
const localPartLengthMax = 64;
const emailForm = /^([^\s@"(),:;<>[\\\]]+)@([^\s@]+)$/u;
const domainForm = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const e164 = /^\+[1-9]\d{6,14}$/;

/**
 * Brings an e-mail address into the form in which it identifies a person: trimmed, lower case, its domain in ASCII.
 * Undefined where the text is no address.
 */
export function normaliseEmail(text: string): string | undefined {
  const [, localPart, domain] = emailForm.exec(text.trim().normalize('NFKC')) ?? [];
  if (localPart === undefined || domain === undefined) return undefined;
  const asciiDomain = domainToASCII(domain).toLowerCase();
  const email = `${localPart.toLowerCase()}@${asciiDomain}`;
  const hasStrayDot = localPart.startsWith('.') || localPart.endsWith('.') || localPart.includes('..');
  const isAddress =
    !hasStrayDot &&
    localPart.length <= localPartLengthMax &&
    email.length <= emailLengthMax &&
    domainForm.test(asciiDomain);
  return isAddress ? email : undefined;
}

/**
 * Brings a telephone number into E.164. It must bear its country code (`+33 6 …` or `0033 6 …`): which country a national
 * number belongs to would be a guess. Undefined where the text is no such number.
 */
export function normalisePhone(text: string): string | undefined {
  const compact = text
    .normalize('NFKC')
    .replace('(0)', '')
    .replace(/[\s().\-/]/gu, '')
    .replace(/^00/, '+');
  return e164.test(compact) ? compact : undefined;
}

/** Shows enough of an address for a cashier to recognise it, and too little to write to it: `j***@m***.fr`. */
export function maskEmail(email: string): string {
  const [localPart = '', domain = ''] = email.split('@');
  const topLevel = domain.slice(domain.lastIndexOf('.'));
  return `${localPart.slice(0, 1)}***@${domain.slice(0, 1)}***${topLevel}`;
}

/** Shows the country's first digits and the last two: `+33*******78`. */
export function maskPhone(phone: string): string {
  const shownAtStart = 3;
  const shownAtEnd = 2;
  return phone.slice(0, shownAtStart) + '*'.repeat(phone.length - shownAtStart - shownAtEnd) + phone.slice(-shownAtEnd);
}
