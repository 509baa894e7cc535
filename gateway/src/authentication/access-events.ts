import { ACCESS_CHANGED, type AccessChanged, type Consumer, type EventBus } from '@localplus/event-bus';
import { type Caller, loginPseudonym } from '@localplus/identity';
import type { CallerResolver } from './caller-resolver.ts';

interface AccessEventsOptions {
  bus: EventBus;
  callers: CallerResolver;
  /** Ends what the matching callers watch. */
  endSubscriptions: (matches: (caller: Caller) => boolean) => void;
}

/**
 * Drops what is remembered of rights the moment they change, and ends what their holders watch. Every gateway reads every
 * event, from now on: what changed before its start it has not remembered.
 */
export function followAccessChanges({ bus, callers, endSubscriptions }: AccessEventsOptions): Promise<Consumer> {
  const forget = (changed: AccessChanged) => {
    if ('partnerId' in changed) {
      callers.forgetPartner(changed.partnerId);
      endSubscriptions((caller) => caller.kind === 'partner' && caller.partnerId === changed.partnerId);
    } else {
      callers.forgetLogin(changed.loginPseudonym);
      endSubscriptions(
        (caller) => caller.kind === 'person' && loginPseudonym(caller.subject) === changed.loginPseudonym,
      );
    }
  };
  return bus.consumeAsEveryReplica({
    name: 'gateway.access',
    topics: [ACCESS_CHANGED],
    startFrom: 'latest',
    handler: async ({ events }) => {
      for (const { value } of events) forget(value);
    },
  });
}
