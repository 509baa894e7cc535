import { request } from 'node:http';
import { findFreePort } from '@localplus/local-postgres';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DevelopmentIssuer, startDevelopmentIssuer } from './server.ts';
import { issueDevelopmentToken } from './tokens.ts';

let issuer: DevelopmentIssuer;
let token: string;
let port: number;

beforeEach(async () => {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'development-issuer', alg: 'EdDSA' };
  port = await findFreePort();
  issuer = await startDevelopmentIssuer({ port, key, graphiqlAddress: 'http://127.0.0.1:4000/graphql' });
  token = await issueDevelopmentToken(key, 'somebody');
});
afterEach(() => issuer.stop());

function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/tokens.json', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('a token is verified by the published key, and the key’s secret part is not published', async () => {
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUrl)), {
    issuer: issuer.issuer,
    audience: issuer.audience,
  });
  expect(payload.sub).toBe('somebody');
  expect(await (await fetch(issuer.jwksUrl)).text()).not.toContain('"d"');
});

test('the page offers the tokens and trusts nobody’s name', async () => {
  issuer.offer([{ role: 'cashier', who: '<b>Zoé</b>', merchant: 'A & B', token }]);
  const page = await (await fetch(issuer.address)).text();
  expect(page).toContain(`data-token="${token}"`);
  expect(page).toContain('&lt;b&gt;Zoé&lt;/b&gt;');
});

test('a foreign page cannot read the tokens under a name of its own', async () => {
  expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
  expect(await statusFor(`localhost:${port}`)).toBe(200);
  expect(await statusFor(`evil.example:${port}`)).toBe(403);
});
