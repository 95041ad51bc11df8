import type { DataFiles } from './dataFiles.ts';
import { parseDuration } from './estimates.ts';
import type { Field } from './fields.ts';
import type { Desk, Project } from './model.ts';
import { below, type References } from './references.ts';
import type { Site } from './site.ts';

/** The service desks that the data describe. What refers to nothing is reported. */
export function readDesks(
  { serviceDesks }: DataFiles,
  { named, report }: References,
  {
    projects,
    fields,
    statuses,
    issueTypes,
  }: Pick<Site, 'fields' | 'statuses' | 'issueTypes'> & { projects: Project[] },
): Desk[] {
  const fieldCalled = (name: string): Field | undefined =>
    fields.find(each => each.id === name) ?? fields.find(each => each.name === name);
  const statusId = (place: Parameters<typeof named>[0], name: string) =>
    named(place, 'status', statuses, name)?.id ?? '';

  return serviceDesks.map((desk, at): Desk => {
    const place = below({ file: 'serviceDesks.json', path: '' }, at);
    const project = projects.find(({ key }) => key === desk.project);
    if (project?.type !== 'service_desk')
      report(below(place, 'project'), `there is no service project '${desk.project}'`);
    const idOfField = (inside: Parameters<typeof named>[0], name: string) =>
      fieldCalled(name)?.id ?? report(inside, `there is no field '${name}'`) ?? '';
    return {
      id: desk.id,
      projectId: project?.id ?? '',
      statusNames: Object.fromEntries(
        Object.entries(desk.statusNames).map(([name, told]) => [statusId(below(place, 'statusNames'), name), told]),
      ),
      requestTypes: desk.requestTypes.map(({ issueType, fields: asked, ...type }, nth) => {
        const inType = below(below(place, 'requestTypes'), nth);
        return {
          ...type,
          issueTypeId: named(below(inType, 'issueType'), 'issue type', issueTypes, issueType)?.id ?? '',
          fields: asked.map(({ field, ...told }, which) => ({
            ...told,
            id: idOfField(below(below(inType, 'fields'), which), field),
          })),
        };
      }),
      queues: desk.queues,
      slas: desk.slas.map(({ field, goal, pausedIn, stops }, nth) => {
        const inSla = below(below(place, 'slas'), nth);
        return {
          fieldId: idOfField(below(inSla, 'field'), field),
          name: field,
          goalSeconds: parseDuration(goal) ?? 0,
          stops,
          pausedIn: pausedIn.map((name, which) => statusId(below(below(inSla, 'pausedIn'), which), name)),
        };
      }),
      organizationIds: desk.organizations.map(({ id }) => id),
      articles: desk.articles,
    };
  });
}
