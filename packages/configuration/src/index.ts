export { booleanVariable, integerVariable, portVariable } from './variables.ts';
export { ConfigurationError, readConfiguration } from './read-configuration.ts';
