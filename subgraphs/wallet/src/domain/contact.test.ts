import { expect, test } from 'vitest';
import { maskEmail, maskPhone, normaliseEmail, normalisePhone } from './contact.ts';

test.each([
  ['  Camille.Durand@Example.FR ', 'camille.durand@example.fr'],
  ['élodie@café.fr', 'élodie@xn--caf-dma.fr'],
  ['a+shop@mail.example.com', 'a+shop@mail.example.com'],
  ["o'neil@example.org", "o'neil@example.org"],
])('%j and every other spelling of it are one address', (typed, email) => {
  expect(normaliseEmail(typed)).toBe(email);
});

test.each([
  '',
  'camille',
  'camille@',
  '@example.fr',
  'camille@localhost',
  'ca mille@example.fr',
  'a@b@example.fr',
  '.camille@example.fr',
  'camille.@example.fr',
  'cam..ille@example.fr',
  'camille@-example.fr',
  'camille@example.f',
  'camille@example.fr, other@example.fr',
  `${'a'.repeat(65)}@example.fr`,
  `camille@${'a'.repeat(64)}.fr`,
  `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(4)}fr`,
])('%j is no e-mail address', (typed) => {
  expect(normaliseEmail(typed)).toBeUndefined();
});

test.each([
  ['+33 6 12 34 56 78', '+33612345678'],
  ['0033 6.12.34.56.78', '+33612345678'],
  ['+33 (0)6-12-34-56-78', '+33612345678'],
  ['+33 6 12 34 56 78', '+33612345678'],
  ['＋３３612345678', '+33612345678'],
  ['+1 (415) 555-2671', '+14155552671'],
])('%j and every other spelling of it are one number', (typed, phone) => {
  expect(normalisePhone(typed)).toBe(phone);
});

test.each(['', '06 12 34 56 78', '+0612345678', '+33', '+33 6 12 34 56 78 ext 9', '+1234567890123456', 'phone'])(
  '%j is no number that says its country',
  (typed) => {
    expect(normalisePhone(typed)).toBeUndefined();
  },
);

test('normalising twice changes nothing', () => {
  expect(normaliseEmail(normaliseEmail('É@CAFÉ.fr') ?? '')).toBe(normaliseEmail('É@CAFÉ.fr'));
  expect(normalisePhone(normalisePhone('0033612345678') ?? '')).toBe('+33612345678');
});

test('a masked contact can be recognised and not used', () => {
  expect(maskEmail('camille.durand@example.fr')).toBe('c***@e***.fr');
  expect(maskPhone('+33612345678')).toBe('+33*******78');
});
