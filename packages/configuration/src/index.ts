export { ConfigurationError, readConfiguration } from './read-configuration.ts';
export { booleanVariable, integerVariable, portVariable } from './variables.ts';
