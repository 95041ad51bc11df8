import { fieldsFor, schemaFor } from '../access.ts';
import { notFound, Refusal } from '../errors.ts';
import { type ApiCall, objectInPath, ok, type Route, route } from '../router.ts';
import type { FieldDefinition, ObjectDefinition } from '../schema.ts';

const master = '012000000000000AAA';

/** Objects that the user interface's API does not have. */
const unsupported = new Set(['Task', 'Event', 'Group', 'QueueSobject', 'RecordType']);

/**
 * https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_record_layout.htm,
 * https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_picklist_values_collection.htm and
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_layouts.htm
 */
export const layoutRoutes: Route[] = [
  route('GET', 'ui-api/object-info/{object}/picklist-values/{recordType}', call => {
    const object = inUiApi(call);
    const page = pageOf(call, object, call.params.recordType);
    const entries = picklists(call, object).map(field => [
      field.name,
      {
        controllerValues: {},
        defaultValue: null,
        url: `${call.base}/ui-api/object-info/${object.name}/picklist-values/${call.params.recordType}/${field.name}`,
        values: offered(field, page).map(({ value, label = value }) => ({
          attributes: null,
          label,
          validFor: [],
          value,
        })),
      },
    ]);
    return ok({ eTag: null, picklistFieldValues: Object.fromEntries(entries) });
  }),
  route('GET', 'ui-api/layout/{object}', call => {
    const object = inUiApi(call);
    const recordTypeId = call.query.get('recordTypeId') ?? master;
    const page = pageOf(call, object, recordTypeId);
    const sections = [
      {
        collapsible: false,
        columns: 2,
        heading: `${object.label} Information`,
        layoutRows: places(call, object).map(fields => ({
          layoutItems: [
            {
              editableForNew: true,
              editableForUpdate: true,
              label: fields[0]?.label,
              layoutComponents: fields.map(({ name, label }) => ({ apiName: name, componentType: 'Field', label })),
              lookupIdApiName: null,
              required: isRequired(fields, page),
              sortable: false,
            },
          ],
        })),
        useHeading: true,
      },
    ];
    return ok({
      layoutType: call.query.get('layoutType') ?? 'Full',
      mode: call.query.get('mode') ?? 'View',
      objectApiName: object.name,
      recordTypeId,
      saveOptions: [],
      sections,
    });
  }),
  route('GET', 'sobjects/{object}/describe/layouts', call => {
    const object = objectInPath(call);
    const types = recordTypesOf(call, object);
    return ok({
      // One layout is told at once; of several record types each is asked for.
      layouts: types.length > 0 ? [null] : [layout(call, object, master)],
      recordTypeMappings: [{ Id: master, Name: 'Master', DeveloperName: 'Master', IsActive: true }, ...types].map(
        type => ({
          active: type.IsActive,
          available: type.IsActive,
          defaultRecordTypeMapping: type.Id === master,
          developerName: type.DeveloperName,
          layoutId: '00hSx0000000001AAA',
          master: type.Id === master,
          name: type.Name,
          picklistsForRecordType: picklists(call, object).map(field => ({
            picklistName: field.name,
            picklistValues: offered(field, pageOf(call, object, String(type.Id))).map(({ value, label = value }) => ({
              active: true,
              defaultValue: false,
              label,
              validFor: null,
              value,
            })),
          })),
          recordTypeId: type.Id,
        }),
      ),
      recordTypeSelectorRequired: [types.length > 1],
    });
  }),
  route('GET', 'sobjects/{object}/describe/layouts/{recordType}', call =>
    ok(layout(call, objectInPath(call), call.params.recordType ?? '')),
  ),
];

type Page = NonNullable<ObjectDefinition['pages']>[number] | undefined;

function inUiApi(call: ApiCall): ObjectDefinition {
  const object = schemaFor(call.viewer, call.org.schema).find(call.params.object ?? '');
  if (object && !unsupported.has(object.name)) return object;
  throw new Refusal(400, {
    errorCode: 'INVALID_TYPE',
    message: `Object ${call.params.object} is not supported in UI API`,
  });
}

function recordTypesOf({ org }: ApiCall, object: ObjectDefinition) {
  const recordType = org.schema.find('RecordType');
  return recordType ? org.rows(recordType).filter(({ SobjectType }) => SobjectType === object.name) : [];
}

/** @throws Refusal for a record type that is another object's */
function pageOf(call: ApiCall, object: ObjectDefinition, recordTypeId: string | undefined): Page {
  const type = recordTypesOf(call, object).find(({ Id }) => Id === recordTypeId);
  if (!type && recordTypeId !== master) throw notFound();
  const pages = object.pages ?? [];
  return (
    pages.find(({ recordType }) => recordType !== undefined && recordType === type?.DeveloperName) ??
    pages.find(({ recordType }) => recordType === undefined)
  );
}

const picklists = ({ viewer }: ApiCall, object: ObjectDefinition): FieldDefinition[] =>
  fieldsFor(viewer, object).filter(({ type }) => type.endsWith('picklist'));

const offered = ({ name, values }: FieldDefinition, page: Page) =>
  values.filter(({ value, active = true }) => active && (page?.values?.[name]?.includes(value) ?? true));

/** The fields of each place of a page for new records; the parts of a person's name are one. */
function places({ viewer }: ApiCall, object: ObjectDefinition): FieldDefinition[][] {
  const fields = fieldsFor(viewer, object).filter(({ createable }) => createable);
  const isPart = ({ name }: FieldDefinition) => name === 'FirstName' || name === 'LastName';
  const parts = fields.filter(isPart);
  return [...(parts.length > 0 ? [parts] : []), ...fields.filter(field => !isPart(field)).map(field => [field])];
}

const isRequired = (fields: readonly FieldDefinition[], page: Page): boolean =>
  fields.some(
    field =>
      page?.required.includes(field.name) || (!field.nillable && !field.defaultedOnCreate && field.type !== 'boolean'),
  );

function layout(call: ApiCall, object: ObjectDefinition, recordTypeId: string) {
  const page = pageOf(call, object, recordTypeId);
  const sections = [
    {
      columns: 2,
      heading: `${object.label} Information`,
      layoutRows: places(call, object).map(fields => ({
        layoutItems: [
          {
            editableForNew: true,
            editableForUpdate: true,
            label: fields[0]?.label,
            layoutComponents: fields.map(({ name }, at) => ({
              details: null,
              displayLines: 1,
              tabOrder: at + 1,
              type: 'Field',
              value: name,
            })),
            placeholder: false,
            required: isRequired(fields, page),
          },
        ],
        numItems: 1,
      })),
      useHeading: true,
    },
  ];
  return {
    id: '00hSx0000000001AAA',
    detailLayoutSections: [],
    editLayoutSections: sections,
    relatedLists: [],
    saveOptions: [],
  };
}
