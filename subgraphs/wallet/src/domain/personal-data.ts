import { normaliseEmail, normalisePhone } from './contact.ts';
import { InvalidContact, InvalidLocale, InvalidName } from './refusals.ts';

const givenNameLengthMax = 100;
/** Letters of any script with what names hold between them. No digit and no sign: whatever else comes is no name. */
const givenNameForm = /^\p{L}[\p{L}\p{M} .'’·-]*$/u;

/** What an enrollment says of a person, as typed. */
export interface PersonInput {
  givenName: string;
  email?: string | null | undefined;
  phone?: string | null | undefined;
  locale: string;
}

/** What is kept of a person. */
export interface PersonalData {
  givenName: string;
  email: string | undefined;
  phone: string | undefined;
  locale: string;
}

/**
 * Normalises what an enrollment says of a person.
 * @throws InvalidName, InvalidContact, InvalidLocale
 */
export function readPersonalData({ givenName, email, phone, locale }: PersonInput): PersonalData {
  return {
    givenName: readGivenName(givenName),
    ...readContact(email ?? undefined, phone ?? undefined),
    locale: readLocale(locale),
  };
}

function readGivenName(text: string): string {
  const name = text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (name.length > givenNameLengthMax || !givenNameForm.test(name)) throw new InvalidName(givenNameLengthMax);
  return name;
}

function readContact(email: string | undefined, phone: string | undefined): Pick<PersonalData, 'email' | 'phone'> {
  if (email === undefined && phone === undefined)
    throw new InvalidContact('email', 'At least one of e-mail address and telephone number is needed.');
  const contact = {
    email: email === undefined ? undefined : normaliseEmail(email),
    phone: phone === undefined ? undefined : normalisePhone(phone),
  };
  if (email !== undefined && contact.email === undefined)
    throw new InvalidContact('email', 'This is not an e-mail address.');
  if (phone !== undefined && contact.phone === undefined) {
    throw new InvalidContact(
      'phone',
      'This is not a telephone number with its country code, for instance +33 6 12 34 56 78.',
    );
  }
  return contact;
}

function readLocale(text: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(text);
    if (locale !== undefined && locale.length <= 35) return locale;
  } catch (error) {
    // RangeError is how Intl says that a text is no language tag.
    if (!(error instanceof RangeError)) throw error;
  }
  throw new InvalidLocale();
}
