import { at, firstText, idText } from './payload.ts';

/** That somebody approved or merged what they wrote themselves, by the ids of their accounts; nothing where the payload does not tell both. */
export function ownWork(who: unknown, author: unknown): { readonly own?: true } {
  const [one, other] = [idOf(who), idOf(author)];
  return one !== undefined && one === other ? { own: true } : {};
}

/** Of an account, or the id itself. */
function idOf(account: unknown): string | undefined {
  return idText(account) ?? idText(at(account, 'id')) ?? firstText(at(account, 'uuid'));
}
