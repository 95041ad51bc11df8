import { schemaFor } from '../access.ts';
import { ok, type Route, route } from '../router.ts';

/** https://developer.salesforce.com/docs/atlas.en-us.knowledge_dev.meta/knowledge_dev/resources_knowledge_retrieve_language.htm */
export const knowledgeRoutes: Route[] = [
  route('GET', 'knowledgeManagement/settings', ({ org, viewer }) => {
    const articles = schemaFor(viewer, org.schema).find('Knowledge__kav');
    const languages = articles?.fields.find(({ name }) => name === 'Language')?.values ?? [];
    return ok({
      defaultLanguage: languages[0]?.value ?? null,
      knowledgeEnabled: articles !== undefined,
      languages: languages.map(({ value, active = true }) => ({ active, name: value })),
    });
  }),
];
