export { fromUuid, InvalidIdentifier, newId, parseId, toUuid } from './identifier.ts';
export { identifierPrefixes, type IdentifierPrefix } from './prefixes.ts';
