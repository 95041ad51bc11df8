/** The header with which the platform's authentication passes on a token's claims; a claim may have several values. */
export function principal(claims: Readonly<Record<string, string | readonly string[]>>): Record<string, string> {
  const list = Object.entries(claims).flatMap(([typ, values]) => [values].flat().map(val => ({ typ, val })));
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify({ auth_typ: 'aad', claims: list })).toString('base64'),
  };
}
