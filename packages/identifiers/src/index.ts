export { fromUuid, InvalidIdentifier, newId, parseId, toUuid } from './identifier.ts';
export { type IdentifierPrefix, identifierPrefixes } from './prefixes.ts';
