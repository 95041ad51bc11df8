import type { Starter } from '../../tools/new/starter.ts';

/** What `npm run new -- salesforce <action>` starts from. */
export const starter: Starter = {
  imports: { '../api/inputs.ts': ['objectType'] },
  returns: 'the name and the label of a Salesforce object',
  instead: 'For its fields use describeObject.',
  input: '{ objectType }',
  output: `{
    name: z.string().describe('The API name of the object.'),
    label: z.string().describe('The name of the object as people see it.'),
  }`,
  example: "{ objectType: 'Account' }",
  run: `async ({ objectType }, { salesforce }) => {
    const { name, label } = await salesforce.describe(objectType);
    return { name, label };
  }`,
};
