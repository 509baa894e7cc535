export { fromUuid, InvalidIdentifier, newId, newUuid, parseId, toUuid } from './identifier.ts';
export { type IdentifierPrefix, identifierPrefixes } from './prefixes.ts';
