import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { documentTokensMax } from './limits.ts';

/** Whether a document has more tokens than allowed. One that cannot be read at all is left to the parser's complaint. */
export function hasTooManyTokens(text: string): boolean {
  const lexer = new Lexer(new Source(text));
  try {
    for (let tokens = 0; tokens <= documentTokensMax; tokens += 1) {
      if (lexer.advance().kind === TokenKind.EOF) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof GraphQLError) return false;
    throw error;
  }
}
