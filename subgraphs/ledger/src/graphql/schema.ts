import './burn-points.ts';
import './define-limit.ts';
import './earn-points.ts';
import './end-limit.ts';
import './holds.ts';
import './ledger-account.ts';
import './ledger-transaction.ts';
import './liability-totals.ts';
import './merchant.ts';
import './operation-result.ts';
import './post-commands.ts';
import './posting.ts';
import './posting-template.ts';
import './preview-commands.ts';
import './refunds.ts';
import './reverse-transaction.ts';
import './transfer-points.ts';
import './wallet-explanation.ts';
import './wallet-limits.ts';
import './wallet-lots.ts';
import { builder } from './builder.ts';

/** The ledger's part of the graph. Building it opens nothing. */
export const schema = builder.toSubGraphSchema({ linkUrl: 'https://specs.apollo.dev/federation/v2.9' });
