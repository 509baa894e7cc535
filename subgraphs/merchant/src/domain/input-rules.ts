import { type InputProblem, InvalidInput } from './refusals.ts';

/** Bounds of a number, both included. */
export interface Bounds<Value> {
  minimum: Value;
  maximum: Value;
}

/** Controls, line ends, and halves of a character, which no encoding can keep. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Regions that CLDR names and ISO 3166-1 does not: groupings, pseudo-locales, the unknown. */
const noCountries = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);
const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Reads the fields of one input by their rules and gathers every problem, so that a form can show them all at once. */
export class InputRules {
  readonly #problems: InputProblem[] = [];

  /** A line of text without surrounding spaces. */
  text(field: string, value: string, lengthMax: number): string {
    const text = value.trim();
    const length = [...text].length;
    this.require(
      field,
      length >= 1 && length <= lengthMax && !unprintable.test(text),
      `must be one line of 1 to ${lengthMax} characters.`,
    );
    return text;
  }

  /** ISO 3166-1 alpha-2. */
  country(field: string, value: string): string {
    const isKnown = /^[A-Z]{2}$/.test(value) && !noCountries.has(value) && countryNames.of(value) !== undefined;
    this.require(field, isKnown, 'must be a country code of ISO 3166-1, for instance FR.');
    return value;
  }

  /** ISO 4217. */
  currency(field: string, value: string): string {
    this.require(field, currencies.has(value), 'must be a currency code of ISO 4217, for instance EUR.');
    return value;
  }

  /** IANA name. */
  timeZone(field: string, value: string): string {
    this.require(field, isTimeZone(value), 'must be a time zone of the IANA database, for instance Europe/Paris.');
    return value;
  }

  /** A whole number between two bounds. */
  number<Value extends number | bigint>(field: string, value: Value, { minimum, maximum }: Bounds<Value>): Value {
    this.require(field, value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}.`);
    return value;
  }

  /** Any other rule. */
  require(field: string, isKept: boolean, message: string): void {
    if (!isKept) this.#problems.push({ field, message });
  }

  /**
   * Ends the reading.
   * @throws InvalidInput when a rule was broken
   */
  check(): void {
    if (this.#problems.length > 0) throw new InvalidInput(this.#problems);
  }
}

function isTimeZone(name: string): boolean {
  // Offsets such as +01:00 are accepted by the runtime, and know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
