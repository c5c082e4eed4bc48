import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { ScmCallFailed } from '../client.ts';
import { github } from './github.ts';

let api: HttpReceiver;

beforeEach(async () => {
  api = await httpReceiver();
});

afterEach(() => api.close());

const nameOf = (id: string): Promise<string | undefined> => github.nameOf!({ apiUrl: api.origin, authorization: 'Bearer t' }, id);
const answer = (body: object, status = 200): void => void (api.answer = () => ({ status, body: JSON.stringify(body) }));

describe('a repository at GitHub, by its id', () => {
  it('is called what GitHub calls it now', async () => {
    answer({ id: 9, full_name: 'acme/store' });

    expect(await nameOf('9')).toBe('acme/store');
    expect(api.requests.map(({ path }) => path)).toEqual(['/repositories/9']);
  });

  it.each([
    ['another id', { id: 10, full_name: 'acme/store' }],
    ['no name', { id: 9 }],
    ['a name that is none', { id: 9, full_name: '../../evil' }],
  ])('is not known from an answer with %s', async (_what, body) => {
    answer(body);

    expect(await nameOf('9')).toBeUndefined();
  });

  it('is not known where GitHub does not show it, and not asked for by what is no id', async () => {
    answer({}, 404);

    expect([await nameOf('9'), await nameOf('../user'), await nameOf('')]).toEqual([undefined, undefined, undefined]);
    expect(api.requests).toHaveLength(1);
  });

  it('is asked for again while GitHub does not answer', async () => {
    answer({}, 503);

    await expect(nameOf('9')).rejects.toThrow(ScmCallFailed);
  });
});
