import type { Caller } from '@localplus/identity';
import { type ExecutionResult, graphql } from 'graphql';
import { createContext } from '../src/graphql/context.ts';
import { schema } from '../src/graphql/schema.ts';
import type { MerchantHouse } from './merchant-house.ts';

/** An answer of the schema; errors by their code, which is all that a client may rely on. */
export interface Answer<Data> {
  data: Data;
  codes: unknown[];
  errors: ExecutionResult['errors'];
}

/** Asks the schema as a caller, without a server. */
export async function ask<Data = Record<string, unknown>>(
  house: MerchantHouse,
  caller: Caller,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<Answer<Data>> {
  const contextValue = createContext(house, caller);
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
  // Without the prototypes of graphql-js, for comparisons.
  const plain = JSON.parse(JSON.stringify(data ?? null)) as Data;
  return { data: plain, codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message), errors };
}

/** Gives a mutation with one input and answers its payload. */
export async function give<Payload = Record<string, unknown>>(
  house: MerchantHouse,
  caller: Caller,
  name: string,
  input: Record<string, unknown>,
  selection: string,
): Promise<Payload & { __typename: string }> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const source = `mutation ($input: ${type}Input!) {
    ${name}(input: $input) { __typename ... on Refusal { code message } ... on ${type}Success { ${selection} } }
  }`;
  const { data, errors } = await ask<Record<string, Payload & { __typename: string }> | null>(house, caller, source, {
    input,
  });
  const payload = data?.[name];
  if (errors || !payload) throw new Error(`${name} failed: ${errors?.join('; ')}`);
  return payload;
}
