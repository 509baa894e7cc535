import type { GatewayClient } from './gateway-client.ts';

/** What the parts of the seed work with. */
export interface DemoTools {
  client: GatewayClient;
  /** Issuer of the demo's logins. */
  issuer: string;
  /** A token for a login. */
  issue(subject: string): Promise<string>;
  operatorToken: string;
  /** Called once for every request that was answered. */
  onAnswer(): void;
}

/** Subject of a staff member's login. */
export function staffSubject(merchantSlug: string, role: string): string {
  return `${merchantSlug}-${role}`;
}

/** Subject of a consumer's login. */
export function consumerSubject(slug: string): string {
  return `consumer-${slug}`;
}
