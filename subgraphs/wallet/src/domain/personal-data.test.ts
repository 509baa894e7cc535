import { expect, test } from 'vitest';
import { type PersonInput, readPersonalData } from './personal-data.ts';
import { InvalidContact, InvalidLocale, InvalidName } from './refusals.ts';

const camille: PersonInput = { givenName: 'Camille', email: 'camille@example.fr', locale: 'fr-FR' };

test('personal data is kept in one spelling', () => {
  expect(
    readPersonalData({ givenName: '  Anne   Marie ', email: 'A@Example.FR', phone: '0033612345678', locale: 'FR-fr' }),
  ).toEqual({ givenName: 'Anne Marie', email: 'a@example.fr', phone: '+33612345678', locale: 'fr-FR' });
});

test.each(['Zoë', 'Jean-Luc', "N'Golo", 'O’Neil', 'J.', '李雷', 'Ωμέγα', 'Renée d’Été'])(
  '%s is a given name',
  (givenName) => {
    expect(readPersonalData({ ...camille, givenName }).givenName).toBe(givenName.normalize('NFC'));
  },
);

test.each(['', '   ', '-', '<b>x</b>', 'Camille1', 'a\u0000b', 'x'.repeat(101), '🥐'])(
  '%j is no given name',
  (givenName) => {
    expect(() => readPersonalData({ ...camille, givenName })).toThrow(InvalidName);
  },
);

test('a person has an address or a number, and either is enough', () => {
  expect(() => readPersonalData({ ...camille, email: null, phone: undefined })).toThrow(InvalidContact);
  expect(readPersonalData({ ...camille, email: undefined, phone: '+33612345678' })).toMatchObject({
    email: undefined,
    phone: '+33612345678',
  });
  expect(readPersonalData(camille)).toMatchObject({ email: 'camille@example.fr', phone: undefined });
});

test('a malformed contact is refused by its name, though the other one is good', () => {
  expect(() => readPersonalData({ ...camille, phone: '12' })).toThrow(expect.objectContaining({ field: 'phone' }));
  expect(() => readPersonalData({ ...camille, email: 'x', phone: '+33612345678' })).toThrow(
    expect.objectContaining({ field: 'email' }),
  );
});

test.each(['', 'f', 'fr_FR', 'x'.repeat(40), 'fr-FR-u-co-phonebk-kn-true-kf-upper-ks-level1'])(
  '%j is no locale',
  (locale) => {
    expect(() => readPersonalData({ ...camille, locale })).toThrow(InvalidLocale);
  },
);
