/** What the root types of the graph are, for clients. Every subgraph has them, and says the same. */
export const rootTypes = {
  query: {
    description: 'What can be read. What is not there and what the caller may not see look the same: null.',
  },
  mutation: {
    description: [
      'What can be done. Every mutation demands an idempotency key and answers a union: what was done, or a refusal that a client can act on.',
      'What failed before it could be decided is an entry of `errors` instead, with one of these `extensions.code`:',
      '',
      '- UNAUTHENTICATED: no identity that is accepted.',
      '- FORBIDDEN: another role is needed. Who has nothing to do with the merchant is told that what they name is unknown.',
      '- BAD_USER_INPUT: a value has the wrong form.',
      '- OVERLOADED: too much waits and nothing was done. Try again after `retryAfterMs`.',
      '- SUBGRAPH_UNAVAILABLE: a part of the platform does not answer and the outcome is unknown. Send the same again, with the same key.',
      '- INTERNAL_SERVER_ERROR: a fault of the platform, recorded under `requestId`.',
    ].join('\n'),
  },
  subscription: { description: 'What can be watched, over graphql-ws.' },
} as const;
