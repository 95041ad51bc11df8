import { ok, type Route, route } from '../router.ts';

/** https://developer.salesforce.com/docs/atlas.en-us.chatterapi.meta/chatterapi/connect_responses_organization.htm */
export const organizationRoutes: Route[] = [
  route('GET', 'connect/organization', ({ org, viewer }) => {
    const { isMulti, corporate } = org.currencies;
    const own = org.find(viewer.Id)?.row.DefaultCurrencyIsoCode;
    return ok({
      features: { chatter: true, multiCurrency: isMulti, ...(!isMulti && { defaultCurrencyIsoCode: corporate }) },
      name: 'Sandbox',
      orgId: org.id,
      userSettings: { userId: viewer.Id, ...(isMulti && { userDefaultCurrencyIsoCode: own ?? corporate }) },
    });
  }),
];
