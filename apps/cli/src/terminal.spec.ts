import { plain } from './terminal.ts';

describe('text for a terminal', () => {
  it.each([
    ['\u001b[2Jgone', '\\u{1b}[2Jgone'],
    ['a\nb', 'a\\u{a}b'],
    ['safe\u202eevil', 'safe\\u{202e}evil'],
    ['Zoë 💥', 'Zoë 💥'],
  ])('shows %j without obeying it', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});
