import { builder } from '../builder.ts';

export const loginInput = builder.inputType('LoginInput', {
  description: 'A login as the identity provider knows it.',
  fields: (t) => ({
    issuer: t.string({ required: true, description: 'Who vouches for it: `iss` of its tokens.' }),
    subject: t.string({ required: true, description: '`sub` of its tokens.' }),
  }),
});
