import type { DemoConsumer } from './consumers.ts';
import type { SeededMerchant, SeededWallet } from './demo-state.ts';
import { consumerSubject, type DemoTools, staffSubject } from './demo-tools.ts';
import { inLanes } from './lanes.ts';

const lanes = 8;

/** Enrolls everybody who goes to a merchant in its program and lets them sign in; doing it again changes nothing. */
export async function enrollConsumers(
  tools: DemoTools,
  { slug, programId }: SeededMerchant,
  consumers: readonly DemoConsumer[],
): Promise<SeededWallet[]> {
  const { client, issuer, operatorToken, onAnswer } = tools;
  const managerToken = await tools.issue(staffSubject(slug, 'manager'));
  const wallets = new Map<DemoConsumer, SeededWallet>();
  await inLanes(consumers, lanes, async (consumer) => {
    const { givenName, email } = consumer;
    const enrolled = await client.command<{ wallet: { id: string }; consumer: { id: string } }>(managerToken, {
      field: 'enrollConsumer',
      selection: 'wallet { id } consumer { id }',
      input: { idempotencyKey: `demo-${slug}-${consumer.slug}`, programId, givenName, email, locale: 'fr-FR' },
      passing: ['WalletUnknownProgram', 'WalletMerchantNotLive'],
    });
    onAnswer();
    const subject = consumerSubject(consumer.slug);
    const consumerId = enrolled.consumer.id;
    const idempotencyKey = `demo-login-${consumer.slug}`;
    await client.command(operatorToken, {
      field: 'linkConsumerLogin',
      selection: 'isReplay',
      input: {
        idempotencyKey,
        consumerId,
        issuer,
        subject,
      },
    });
    onAnswer();
    wallets.set(consumer, { id: enrolled.wallet.id, consumerId, subject, givenName });
  });
  return consumers.flatMap((consumer) => wallets.get(consumer) ?? []);
}
