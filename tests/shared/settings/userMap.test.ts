import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userMap } from '../../../shared/settings/userMap.ts';

const parse = (text: string) => userMap.safeParse(text);
const find = (text: string, name: string) => userMap.parse(text).find(name);

describe('a user map', () => {
  it.each([
    ['ana@contoso.com=ana@crm', 'ana@contoso.com', 'ana@crm'],
    ['ana@contoso.com=ana@crm', 'ANA@Contoso.com', 'ana@crm'],
    ['*@contoso.com=*@contoso.com.uat', 'ana@contoso.com', 'ana@contoso.com.uat'],
    ['*@contoso.com=agents@crm', 'ana@contoso.com', 'agents@crm'],
    // Exact names win wherever they stand.
    ['*@contoso.com=*@contoso.com.uat, ana@contoso.com=ana@crm', 'ana@contoso.com', 'ana@crm'],
    ['*@sub.contoso.com=*@sub, *@contoso.com=*@main', 'ana@sub.contoso.com', 'ana@sub'],
  ])('%s maps %s to %s', (text, name, expected) => {
    expect(find(text, name)).toBe(expected);
  });

  it.each([
    ['*@contoso.com=*@crm', 'ana@contoso.com.evil.example'],
    ['*@contoso.com=*@crm', '@contoso.com'],
    ['*@contoso.com=*@crm', 'ana@fabrikam.com'],
    ['ana@contoso.com=ana@crm', 'anä@contoso.com'],
    ['ana@contoso.com=ana@crm', 'ana@contoso.com\u200b'],
    // Unicode would fold the Kelvin sign to a k.
    ['kim@contoso.com=kim@crm', '\u212aim@contoso.com'],
    ['*@contoso.onmicrosoft.com=*@crm', 'eve_contoso.com#EXT#@contoso.onmicrosoft.com'],
  ])('%s does not cover %s', (text, name) => {
    expect(find(text, name)).toBeUndefined();
  });

  it('covers a guest by an exact name', () => {
    const guest = 'eve_partner.com#EXT#@contoso.onmicrosoft.com';
    expect(find(`${guest}=eve@crm`, guest)).toBe('eve@crm');
  });

  it.each([
    'ana@contoso.com=one, ANA@contoso.com=two',
    '*@contoso.com=*@one, *@contoso.com=*@two',
    '*@contoso.com=*@one, *.ana@contoso.com=*@two',
  ])('%s has an entry that never counts', text => {
    expect(parse(text).error?.issues[0]?.message).toContain('never counts');
  });

  it.each(['ana@contoso.com', 'a=b=c', 'ana@x.example=*@y.example', '=x', '*=', 'a b=c', '*=*', 'a*=b', '', ','])(
    'cannot be "%s"',
    text => {
      expect(parse(text).error?.issues[0]?.message).toContain('Set it to pairs');
    },
  );

  it('may be a file, one pair a line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'users-'));
    const file = join(folder, 'users.txt');
    writeFileSync(file, Array.from({ length: 5_000 }, (_, at) => `user${at}@contoso.com=u${at}@crm`).join('\r\n'));
    expect(find(file, 'user4999@contoso.com')).toBe('u4999@crm');
    rmSync(folder, { recursive: true });
  });
});
