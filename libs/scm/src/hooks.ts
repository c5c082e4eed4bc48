import { ScmCallFailed, type ConnectTo } from './client.ts';
import type { ScmHooks, WantedHook } from './kept-hook.ts';
import { at, listAt } from './payload.ts';
import { callRest, idNamed } from './rest.ts';

/** How a host words its webhooks. */
export interface HookForm {
  /** Path of the webhooks of a repository. */
  readonly path: (fullName: string) => readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the list is in the answer; the answer itself when absent. */
  readonly listAt?: string;
  readonly idAt?: string;
  readonly urlOf: (hook: unknown) => unknown;
  /** Whether it sends as it should. */
  readonly sends: (hook: unknown) => boolean;
  readonly active: (hook: unknown) => boolean;
  readonly body: (wanted: WantedHook) => object;
  readonly change: 'PATCH' | 'PUT';
}

/** The webhooks of one host by its form. */
export function hooksBy(to: ConnectTo, form: HookForm): ScmHooks {
  const { query, headers = {} } = form;
  const one = (fullName: string, id: string): readonly string[] => [...form.path(fullName), id];
  return {
    async find(fullName, url) {
      const { found, json } = await callRest(to, { method: 'GET', path: form.path(fullName), query, headers });
      // Hosts answer so, too, when a token may not see the webhooks.
      if (!found) throw new ScmCallFailed(`GET ${form.path(fullName).join('/')} answered that there is nothing`, false, 404);
      const hook = listAt(json, form.listAt).find((each) => form.urlOf(each) === url);
      if (hook === undefined) return undefined;
      const faults = [
        ...(form.active(hook) ? [] : ['it is switched off']),
        ...(form.sends(hook) ? [] : ['it does not send all that is needed']),
      ];
      return { id: idNamed(at(hook, form.idAt ?? 'id'), 'a webhook'), faults };
    },

    async create(fullName, wanted) {
      const { json } = await callRest(to, { method: 'POST', path: form.path(fullName), headers, body: form.body(wanted) });
      return idNamed(at(json, form.idAt ?? 'id'), 'a webhook');
    },

    async update(fullName, id, wanted) {
      await callRest(to, { method: form.change, path: one(fullName, id), headers, body: form.body(wanted) });
    },

    async remove(fullName, id) {
      try {
        await callRest(to, { method: 'DELETE', path: one(fullName, id), headers });
      } catch (error) {
        if (!(error instanceof ScmCallFailed && error.status === 404)) throw error;
      }
    },
  };
}

/** Whether a list of names has all that are needed. */
export function hasAll(names: unknown, needed: readonly string[]): boolean {
  return Array.isArray(names) && needed.every((name) => names.includes(name));
}
