/**
 * Who publishes the connectors, and how they present themselves. A team that makes them its own changes this file and,
 * for the icon, infra/icon.png or functions/<system>/icon.png, and then runs `npm run generate`.
 */
export const publisher = {
  name: 'Your organization',
  email: 'connectors@example.com',
  website: 'https://example.com',
  privacyPolicy: 'https://example.com/privacy',
  legalInfo: 'https://example.com/terms',
};

export const product = {
  categories: 'Productivity;Sales and CRM',
  /** Behind the icon. Power Platform refuses #007ee5 and #ffffff. */
  brandColor: '#3a2f8f',
};

/**
 * Titles instead of the systems' own, by the name of a system or a toolset; `core` is the MCP server of all systems. At
 * most 20 characters for a system, which is the plugin's name, too, and 24 for the others.
 */
export const titles: Readonly<Record<string, string>> = {};
