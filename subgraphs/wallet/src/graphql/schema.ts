import './balance-changed.ts';
import './consumer.ts';
import './enroll-consumer.ts';
import './link-consumer-login.ts';
import './merchant.ts';
import './refusals.ts';
import './wallet.ts';
import { builder } from './builder.ts';

/** The wallet's part of the graph. Building it opens nothing. */
export const schema = builder.toSubGraphSchema({ linkUrl: 'https://specs.apollo.dev/federation/v2.9' });
