import { ScmCallFailed, type Comments, type ConnectTo } from './client.ts';
import { at, idText, listAt } from './payload.ts';
import { callRest, idNamed, type RestAnswer, type RestCall } from './rest.ts';

/** A page of comments may hold long ones. */
export const mostBytesOfComments = 8 * 1024 * 1024;
const mostPages = 20;

export const commentsPerPage = 50;

/** A comment with who wrote it. */
export interface ToldComment {
  readonly id: string;
  readonly text: string;
  readonly author: string | undefined;
}

/** How a host words its comments. */
export interface CommentForm {
  /** The account that the token belongs to, as `author` names it; undefined when the token may not ask. */
  readonly me: () => Promise<string | undefined>;
  /** Comments, the oldest first where the host sorts; pages count from 1. */
  readonly page: (fullName: string, number: number, page: number) => Promise<{ comments: readonly ToldComment[]; more: boolean }>;
  readonly add: (fullName: string, number: number, text: string) => Promise<string>;
  /** Throws `ScmCallFailed` 404 for one that is gone. */
  readonly edit: (fullName: string, number: number, id: string, text: string) => Promise<void>;
}

/** The comments of one host by its form. */
export function commentsBy({ me, page, add, edit }: CommentForm): Comments {
  return {
    async find(fullName, number, marker) {
      const us = await me();
      if (us === undefined) return undefined;
      for (let count = 1; count <= mostPages; count += 1) {
        const { comments, more } = await page(fullName, number, count);
        const ours = comments.find(({ author, text }) => author === us && text.includes(marker));
        if (ours) return { id: ours.id, text: ours.text };
        if (!more) return undefined;
      }
      return undefined;
    },

    add,

    async edit(fullName, number, id, text) {
      try {
        await edit(fullName, number, id, text);
        return true;
      } catch (error) {
        if (error instanceof ScmCallFailed && (error.status === 404 || error.status === 410)) return false;
        throw error;
      }
    },
  };
}

/** Who the token belongs to by one call; undefined where it may not be asked. */
export async function accountBy(
  to: ConnectTo,
  call: Omit<RestCall, 'method'>,
  idOf: (answer: RestAnswer) => unknown,
): Promise<string | undefined> {
  try {
    return idText(idOf(await callRest(to, { method: 'GET', ...call })));
  } catch (error) {
    if (error instanceof ScmCallFailed && (error.status === 401 || error.status === 403)) return undefined;
    throw error;
  }
}

/** Where the comments of hosts are that name text and author alike. */
export interface PagedComments {
  readonly list: (fullName: string, number: number) => readonly string[];
  readonly one: (fullName: string, number: number, id: string) => readonly string[];
  /** Of a page; absent where the host lists all at once. */
  readonly query?: (page: number) => Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the list is in the answer; the answer itself when absent. */
  readonly listAt?: string;
  readonly textOf: (comment: unknown) => unknown;
  readonly authorOf: (comment: unknown) => unknown;
  readonly body: (text: string) => object;
  readonly change: 'PATCH' | 'PUT';
  readonly me: () => Promise<string | undefined>;
}

export function pagedComments(to: ConnectTo, form: PagedComments): Comments {
  const { headers = {} } = form;
  return commentsBy({
    me: form.me,

    async page(fullName, number, page) {
      const call = { path: form.list(fullName, number), query: form.query?.(page), headers, mostBytes: mostBytesOfComments };
      const { json } = await callRest(to, { method: 'GET', ...call });
      const list = listAt(json, form.listAt);
      const comments = list.flatMap((one) => {
        const [id, text] = [idText(at(one, 'id')), form.textOf(one)];
        return id === undefined || typeof text !== 'string' ? [] : [{ id, text, author: idText(form.authorOf(one)) }];
      });
      return { comments, more: form.query !== undefined && list.length >= commentsPerPage };
    },

    async add(fullName, number, text) {
      const { json } = await callRest(to, { method: 'POST', path: form.list(fullName, number), headers, body: form.body(text) });
      return idNamed(at(json, 'id'), 'a comment');
    },

    async edit(fullName, number, id, text) {
      await callRest(to, { method: form.change, path: form.one(fullName, number, id), headers, body: form.body(text) });
    },
  });
}
