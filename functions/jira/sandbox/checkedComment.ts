import { isDocument, plainText } from './adf.ts';
import { badFields } from './jiraError.ts';
import type { AdfNode } from './model.ts';

/** The body of a comment. @throws {JiraError} 400 when Jira would refuse it */
export function checkedComment(body: unknown): AdfNode {
  if (!isDocument(body)) throw badFields({ comment: 'Comment body is not valid!' });
  const text = plainText(body);
  if (text.trim() === '' && !(body.content ?? []).some(node => node.type !== 'paragraph')) {
    throw badFields({ comment: 'Comment body can not be empty!' });
  }
  if (text.length > 32_767) {
    throw badFields({ comment: 'The entered text is too long. It exceeds the allowed limit of 32,767 characters.' });
  }
  return body;
}
