import { describe, expect, it } from 'vitest';
import type { Caller } from '../../shared/caller/caller.ts';
import { unrestricted } from '../../shared/policy/policy.ts';
import { seenBy } from '../../shared/seenBy.ts';

const ana: Caller = { kind: 'user', id: 'tenant/ana', roles: [] };
const li: Caller = { kind: 'user', id: 'tenant/li', roles: [] };
const signedIn = (caller: Caller): Caller => ({ ...caller, account: { system: 'jira', id: caller.id } });
const view = (caller: Caller, more: { scope?: string; site?: string } = {}, options?: { eachCaller: boolean }) =>
  seenBy(
    { caller, permit: { ...unrestricted, scope: more.scope ?? '' }, ...(more.site && { site: more.site }) },
    options,
  );

describe('whose view an answer is', () => {
  it('is that of all callers whom an account of this service asks for', () => {
    expect(view(ana)).toBe(view(li));
  });

  it('is that of the callers under the same rules alone', () => {
    expect(view(ana, { scope: 'open' })).not.toBe(view(ana, { scope: 'closed' }));
  });

  it('is that of one caller alone who signed in at the system, and of one site', () => {
    expect(view(signedIn(ana))).not.toBe(view(signedIn(li)));
    expect(view(signedIn(ana))).not.toBe(view(ana));
    expect(view(signedIn(ana), { site: 'contoso' })).not.toBe(view(signedIn(ana), { site: 'fabrikam' }));
    expect(view(signedIn(ana))).toBe(view(signedIn(ana)));
  });

  it('is that of one caller alone where answers are limited to what each may see', () => {
    expect(view(ana, {}, { eachCaller: true })).not.toBe(view(li, {}, { eachCaller: true }));
  });

  it('is no other one, whatever is in the names', () => {
    const views = [view(ana, { scope: 'a', site: 'b' }), view(ana, { scope: 'a b' }), view(ana, { scope: 'a","b' })];
    expect(new Set(views).size).toBe(views.length);
  });
});
