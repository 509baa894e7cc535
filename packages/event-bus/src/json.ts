/** What JSON can carry. Integers beyond 2^53 travel as decimal strings. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; a property that is `undefined` is left out. */
export type JsonObject = { readonly [property: string]: JsonValue | undefined };
