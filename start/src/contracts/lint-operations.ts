import { GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';

/** A file with operations of a client. */
export interface OperationFile {
  path: string;
  text: string;
}

/** Lists what of the written operations the API would refuse. */
export function lintOperations(api: GraphQLSchema, files: OperationFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    try {
      return validate(api, parse(text)).map((error) => `${path}: ${error.message}`);
    } catch (error) {
      if (error instanceof GraphQLError) return [`${path}: ${error.message}`];
      throw error;
    }
  });
}
