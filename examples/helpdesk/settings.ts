import * as z from 'zod';
import type { PartsOf, SecretDefinition } from '../../shared/action/defineSystem.ts';
import { oneOf, rule, serviceUrl } from '../../shared/settings/setting.ts';

export const settings = z
  .object({
    HELPDESK_URL: serviceUrl('Set it to the address of the API, such as https://helpdesk.example.com.').meta({
      description: 'The address of the help desk, without /v1.',
      sample: 'https://helpdesk.example.com',
    }),
    HELPDESK_AUTH: oneOf('api-key', 'client-credentials').default('api-key').meta({
      description: 'How to sign in: `api-key`, or `client-credentials`, by an OAuth client.',
    }),
    HELPDESK_CLIENT_ID: z
      .string()
      .optional()
      .meta({ description: 'The ID of the OAuth client. Needed for `client-credentials`.' }),
  })
  .refine(
    settings => settings.HELPDESK_AUTH !== 'client-credentials' || settings.HELPDESK_CLIENT_ID,
    rule('HELPDESK_CLIENT_ID', 'Set it to the ID of the OAuth client.'),
  );

export const secrets = {
  'helpdesk-api-key': {
    description: 'The API key',
    neededFor: '`HELPDESK_AUTH` is `api-key`',
    isNeeded: ({ HELPDESK_URL, HELPDESK_AUTH }) => Boolean(HELPDESK_URL) && HELPDESK_AUTH !== 'client-credentials',
    entry: 'line',
  },
  'helpdesk-client-secret': {
    description: 'The secret of the OAuth client in HELPDESK_CLIENT_ID',
    neededFor: '`HELPDESK_AUTH` is `client-credentials`',
    isNeeded: ({ HELPDESK_URL, HELPDESK_AUTH }) => Boolean(HELPDESK_URL) && HELPDESK_AUTH === 'client-credentials',
    entry: 'line',
  },
} satisfies Record<string, SecretDefinition>;

export type HelpdeskParts = PartsOf<typeof settings, typeof secrets>;
