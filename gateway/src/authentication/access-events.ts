import { ACCESS_CHANGED, type Consumer, type EventBus } from '@localplus/event-bus';
import { loginSubject } from '@localplus/identity';
import type { CallerResolver } from './caller-resolver.ts';

/**
 * Drops remembered rights the moment they change. Every gateway reads every event, from now on: what changed before its
 * start it has not remembered.
 */
export function forgetChangedAccess(bus: EventBus, callers: CallerResolver): Promise<Consumer> {
  return bus.consumeAsEveryReplica({
    name: 'gateway.access',
    topics: [ACCESS_CHANGED],
    startFrom: 'latest',
    handler: async ({ events }) => {
      for (const { value } of events) {
        if ('partnerId' in value) callers.forgetPartner(value.partnerId);
        else callers.forgetLogin(loginSubject(value));
      }
    },
  });
}
