import * as z from 'zod';
import { flag, list } from './wire.ts';

// What of Salesforce's answers about record types and pages is used; few calls ask for them.

/** https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_responses_picklist_values_collection.htm */
export const picklistValuesSchema = z.object({
  picklistFieldValues: z.record(z.string(), z.object({ values: list(z.object({ value: z.string() })) })),
});

/** The places of a page: a component is a field by its `apiName`, or by its `value` where the API is not the user interface's. */
const sectionsSchema = list(
  z.object({
    layoutRows: list(
      z.object({
        layoutItems: list(
          z.object({
            required: flag(false),
            layoutComponents: list(
              z.object({
                componentType: z.string().nullish(),
                apiName: z.string().nullish(),
                type: z.string().nullish(),
                value: z.string().nullish(),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
);

/**
 * https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_responses_record_layout.htm and
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_layouts_multiple_rts_get.htm
 */
export const layoutSchema = z.object({ sections: sectionsSchema, editLayoutSections: sectionsSchema });

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describelayout_describelayoutresult.htm */
export const layoutsSchema = z.object({
  recordTypeMappings: list(
    z.object({
      recordTypeId: z.string().nullish(),
      picklistsForRecordType: list(
        z.object({
          picklistName: z.string(),
          picklistValues: list(z.object({ value: z.string(), active: flag(true) })),
        }),
      ),
    }),
  ),
});
