import './merchant.ts';
// The mutations in the order in which a merchant meets them, which is the order in which they are printed.
import './mutations/create-merchant.ts';
import './mutations/open-store.ts';
import './mutations/create-program.ts';
import './mutations/change-program.ts';
import './mutations/change-status.ts';
import './mutations/add-staff-member.ts';
import './mutations/change-staff-member.ts';
import './mutations/remove-staff-member.ts';
import './mutations/register-partner.ts';
import './mutations/partner-keys.ts';
import './refusals.ts';
import { builder } from './builder.ts';

/** The merchant's part of the graph. Building it opens nothing. */
export const schema = builder.toSubGraphSchema({ linkUrl: 'https://specs.apollo.dev/federation/v2.9' });
