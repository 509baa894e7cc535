import { afterEach, describe } from 'vitest';
import type { TopicDeclaration } from '../topics.ts';
import { controlContract } from './control.ts';
import { deadLetterContract } from './dead-letters.ts';
import { faultContract } from './faults.ts';
import { groupContract } from './groups.ts';
import type { ContractHarness } from './harness.ts';
import { publishingContract } from './publishing.ts';
import { replicaContract } from './replicas.ts';
import { Stage } from './stage.ts';
import { unreadableContract } from './unreadable.ts';

/**
 * Registers the tests that every adapter of the event bus must pass: what the platform relies on, whichever runs.
 * @param adapter its name, for the report
 * @param harness gives the adapter's harness; called when a test runs
 */
export function eventBusContract(adapter: string, harness: () => ContractHarness): void {
  describe(`the event bus over ${adapter}`, () => {
    const stages: Stage[] = [];
    const openStage = (topic?: Partial<TopicDeclaration>): Stage => {
      const stage = new Stage(harness(), topic);
      stages.push(stage);
      return stage;
    };
    afterEach(async () => {
      for (const stage of stages.splice(0)) await stage.close();
    });

    describe('publishing', () => publishingContract(openStage));
    describe('groups', () => groupContract(openStage));
    describe('every replica', () => replicaContract(openStage));
    describe('faults', () => faultContract(openStage));
    describe('dead letters', () => deadLetterContract(openStage));
    describe('unreadable records', () => unreadableContract(openStage));
    describe('control', () => controlContract(openStage));
  });
}
