import { expect, test } from 'vitest';
import { goLive, reinstate, suspend } from './life-cycle.ts';
import { merchantStatuses } from './merchant-status.ts';
import { InvalidStatus, NotReady } from './refusals.ts';

const complete = { stores: 1, programs: 1 };

test('a merchant goes from draft to live, and between live and suspended, and nowhere else', () => {
  const changes = { goLive: (from: (typeof merchantStatuses)[number]) => goLive(from, complete), suspend, reinstate };
  const possible = Object.entries(changes).flatMap(([change, apply]) =>
    merchantStatuses.flatMap((from) => {
      try {
        return [`${from} ${change} ${apply(from)}`];
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidStatus);
        return [];
      }
    }),
  );
  expect(possible).toEqual(['DRAFT goLive LIVE', 'LIVE suspend SUSPENDED', 'SUSPENDED reinstate LIVE']);
});

test('a merchant does not go live before it has a store and a program, and learns all that is missing', () => {
  const missing = (counts: { stores: number; programs: number }) => {
    try {
      goLive('DRAFT', counts);
      return [];
    } catch (error) {
      return error instanceof NotReady ? error.missing : [error];
    }
  };
  expect(missing({ stores: 0, programs: 0 })).toEqual(['STORE', 'PROGRAM']);
  expect(missing({ stores: 3, programs: 0 })).toEqual(['PROGRAM']);
  expect(missing({ stores: 0, programs: 1 })).toEqual(['STORE']);
  expect(missing(complete)).toEqual([]);
});

test('the refusal names what is missing in words', () => {
  expect(() => goLive('DRAFT', { stores: 0, programs: 0 })).toThrow(/one store and one program/);
});
