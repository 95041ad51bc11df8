import { principal } from '../support/principal.ts';

/** The settings with which people sign in. */
export const entra = { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' };

const person = (oid: string, upn: string) => principal({ tid: 'tenant', oid, scp: 'access', upn });

export const ana = person('oid-ana', 'ana.ruiz@example.com');
export const zoe = person('oid-zoe', 'zoe.obrien@example.com');
/** Somebody who has no account in Jira. */
export const stranger = person('oid-stranger', 'stranger@elsewhere.example');
/** Somebody else by Ana's sign-in name, as a new account is after hers was removed. */
export const namesake = person('oid-other', 'ana.ruiz@example.com');
