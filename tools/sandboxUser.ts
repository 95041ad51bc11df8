/** A person whom the sandboxes know and who has signed in, for what is for such people alone. */
export const sandboxUser = {
  /** With these the app takes the headers for what the platform's authentication passes on. */
  settings: { INBOUND_AUTH: 'entra', WEBSITE_AUTH_ENABLED: 'True' },
  headers: {
    'x-ms-client-principal': Buffer.from(
      JSON.stringify({
        auth_typ: 'aad',
        claims: [
          { typ: 'tid', val: '11111111-1111-4111-8111-111111111111' },
          { typ: 'oid', val: '33333333-3333-4333-8333-333333333333' },
          { typ: 'scp', val: 'access' },
          { typ: 'upn', val: 'ana.ruiz@example.com' },
        ],
      }),
    ).toString('base64'),
  },
};
