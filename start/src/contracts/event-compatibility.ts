/** Words of a JSON Schema that bind nobody. */
const notes = new Set(['$schema', '$id', 'title', 'description', 'examples', 'deprecated', 'default']);
/** Words that say which values there may be: consumers of a release check them, so they stay as they are. */
const bindings = new Set([
  ...['type', 'enum', 'const', 'pattern', 'format', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems'],
  ...['maxItems', 'uniqueItems', 'additionalProperties', '$ref', 'oneOf', 'anyOf', 'allOf'],
]);
const structure = new Set(['properties', 'required', 'items', '$defs']);

/** A schema, or a part of one. */
export type SchemaPart = { readonly [word: string]: unknown };

/**
 * Lists why values of a schema cannot take the place of a released one's. Consumers of the release check what new producers
 * write, and new consumers read what producers of the release wrote: only optional properties may be added.
 */
export function eventFaults(released: SchemaPart, now: SchemaPart, place: string): string[] {
  const words = [...new Set([...Object.keys(released), ...Object.keys(now)])];
  return words
    .flatMap((word) => {
      if (notes.has(word) || structure.has(word)) return [];
      if (!bindings.has(word)) return [`${place}: "${word}" is a word that the comparison does not know`];
      const [before, after] = [bindingText(released[word]), bindingText(now[word])];
      return before === after ? [] : [`${place}: ${word} was ${before ?? 'not there'} and is ${after ?? 'not there'}`];
    })
    .concat(structureFaults(released, now, place));
}

/** What binds of a value, as text. */
function bindingText(value: unknown): string | undefined {
  return JSON.stringify(value, (word, inner: unknown) => (notes.has(word) ? undefined : inner));
}

function structureFaults(released: SchemaPart, now: SchemaPart, place: string): string[] {
  return [
    ...partFaults(partsOf(released.properties), partsOf(now.properties), `${place}.`),
    ...partFaults(partsOf(released.$defs), partsOf(now.$defs), `${place}#`),
    ...requiredFaults(namesOf(released.required), namesOf(now.required), place),
    ...itemFaults(released.items, now.items, place),
  ];
}

function partFaults(released: Map<string, SchemaPart>, now: Map<string, SchemaPart>, place: string): string[] {
  return [...released].flatMap(([name, part]) => {
    const kept = now.get(name);
    return kept === undefined ? [`${place}${name} was removed`] : eventFaults(part, kept, `${place}${name}`);
  });
}

function requiredFaults(released: readonly string[], now: readonly string[], place: string): string[] {
  return [
    ...released.filter((name) => !now.includes(name)).map((name) => `${place}.${name} is not always there any more`),
    ...now.filter((name) => !released.includes(name)).map((name) => `${place}.${name} has become required`),
  ];
}

function itemFaults(released: unknown, now: unknown, place: string): string[] {
  if (released === undefined && now === undefined) return [];
  if (!isPart(released) || !isPart(now)) return [`${place}[] is described on one side only`];
  return eventFaults(released, now, `${place}[]`);
}

function partsOf(value: unknown): Map<string, SchemaPart> {
  return new Map(
    isPart(value) ? Object.entries(value).filter((entry): entry is [string, SchemaPart] => isPart(entry[1])) : [],
  );
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isPart(value: unknown): value is SchemaPart {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
