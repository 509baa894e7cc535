import { type Caller, type IdentitySigner, loginPseudonym, loginSubject } from '@localplus/identity';
import type { Logger } from '@localplus/logging';
import { requestFailure } from '../errors/request-failure.ts';
import type { Authenticated } from './authenticator.ts';
import type { CallerDirectory, PartnerRights, StaffRights } from './caller-directory.ts';
import { Remembered } from './remembered.ts';
import type { Session } from './session.ts';

/** The time after which a right that was taken away has ended even if the event of it was lost. */
const knownForMs = 60_000;
/** "Nobody" and "nothing" end soon: a consumer has just linked the login, an owner has just made the key. */
const unknownForMs = 5_000;
/** About 1 kB each. */
const callersMax = 10_000;

type Login = Extract<Authenticated, { kind: 'login' }>;
type PartnerKey = Extract<Authenticated, { kind: 'partnerKey' }>;
/** An answer, or the fact that there is none now. */
type Known<Value> = { readonly value: Value } | undefined;

interface CallerResolverOptions {
  directory: CallerDirectory;
  signer: IdentitySigner;
  logger: Logger;
}

function isNobody({ memberships, isPlatformOperator }: StaffRights): boolean {
  return memberships.length === 0 && !isPlatformOperator;
}

/**
 * Finds out what a login or a partner's key may act as. Merchant and wallet are asked at once, and each answer is kept by
 * itself: while one of them is down, who needs only the other is served, and what is unknown is asked for again by the
 * next request. Nobody is ever taken for less than they are because somebody could not be asked: where that could be so,
 * the request fails.
 */
export class CallerResolver {
  readonly #options: CallerResolverOptions;
  readonly #staff: Remembered<Login, StaffRights>;
  readonly #consumers: Remembered<Login, { id: string | null }>;
  readonly #partners: Remembered<PartnerKey, { rights: PartnerRights | null }>;

  constructor(options: CallerResolverOptions) {
    this.#options = options;
    const { directory } = options;
    const shared = { nameOf: ({ key }: Authenticated) => key, entriesMax: callersMax };
    this.#staff = new Remembered<Login, StaffRights>({
      ...shared,
      // Changes of rights name a login by its pseudonym.
      nameOf: ({ key }) => loginPseudonym(key),
      load: (login) => directory.staffRights(login),
      lifetimeMsOf: (rights) => (isNobody(rights) ? unknownForMs : knownForMs),
    });
    this.#consumers = new Remembered<Login, { id: string | null }>({
      ...shared,
      load: async (login) => ({ id: await directory.consumerId(login) }),
      lifetimeMsOf: ({ id }) => (id === null ? unknownForMs : knownForMs),
    });
    this.#partners = new Remembered<PartnerKey, { rights: PartnerRights | null }>({
      ...shared,
      load: async ({ partnerKey }) => ({ rights: await directory.partnerRights(partnerKey) }),
      lifetimeMsOf: ({ rights }) => (rights === null ? unknownForMs : knownForMs),
    });
  }

  /** @throws RequestFailure UNAUTHENTICATED (unknown partner key), SUBGRAPH_UNAVAILABLE */
  async resolve(authenticated: Authenticated): Promise<Session> {
    return authenticated.kind === 'login' ? this.#person(authenticated) : this.#partner(authenticated);
  }

  /** Forgets what a login may do. */
  forgetLogin(pseudonym: string): void {
    this.#staff.forget((name) => name === pseudonym);
  }

  /** Forgets a partner's keys. */
  forgetPartner(partnerId: string): void {
    this.#partners.forget((_name, known) => known === undefined || known.rights?.partnerId === partnerId);
  }

  async #person(login: Login): Promise<Session> {
    const [staff, consumer] = await Promise.all([
      this.#ifAnswered('merchant', this.#staff.get(login)),
      this.#ifAnswered('wallet', this.#consumers.get(login)),
    ]);
    const isStaff = staff !== undefined && !isNobody(staff.value);
    const isConsumer = typeof consumer?.value.id === 'string';
    const isWhollyKnown = staff !== undefined && consumer !== undefined;
    if (!isWhollyKnown && !isStaff && !isConsumer) throw requestFailure('SUBGRAPH_UNAVAILABLE');

    const caller: Caller = {
      kind: 'person',
      subject: loginSubject(login),
      ...(typeof consumer?.value.id === 'string' ? { consumerId: consumer.value.id } : {}),
      memberships: [...(staff?.value.memberships ?? [])],
      isPlatformOperator: staff?.value.isPlatformOperator ?? false,
    };
    return this.#session(caller, staff !== undefined);
  }

  async #partner(partnerKey: PartnerKey): Promise<Session> {
    const partner = await this.#ifAnswered('merchant', this.#partners.get(partnerKey));
    if (!partner) throw requestFailure('SUBGRAPH_UNAVAILABLE');
    const { rights } = partner.value;
    if (!rights) throw requestFailure('UNAUTHENTICATED');
    return this.#session({ kind: 'partner', ...rights, scopes: [...rights.scopes] }, true);
  }

  async #ifAnswered<Value>(subgraph: string, answer: Promise<Value>): Promise<Known<Value>> {
    try {
      return { value: await answer };
    } catch (error) {
      this.#options.logger.warn({ err: error, subgraph }, 'a subgraph could not be asked who is calling');
      return undefined;
    }
  }

  #session(caller: Caller, knowsMemberships: boolean): Session {
    const { signer } = this.#options;
    return { caller, key: JSON.stringify(caller), knowsMemberships, identity: () => signer.sign(caller) };
  }
}
