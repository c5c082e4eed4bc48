import { expect, it } from '@jest/globals';
import { cvssScore } from '@throughline/versions';
import { corpusText, describeCorpus } from './corpora.ts';

describeCorpus('cvss', () => {
  it.each(['calculator2', 'cvsslib2', 'calculator3', 'cvsslib3', 'simple3', 'simple31', 'security4', 'threat4'])(
    'scores the vectors of %s',
    (file) => {
      const lines = corpusText(`cvss/vectors_${file}`)
        .split('\n')
        .filter((line) => line.trim() !== '');

      const wrong = lines.filter((line) => !agrees(line));

      expect(wrong).toEqual([]);
    },
  );
});

/** A line is `vector - (base, temporal, environmental)`, or for CVSS 4 `vector - score` with all that the vector says. */
function agrees(line: string): boolean {
  const [vector, listed] = line.split(' - ') as [string, string];
  const score = cvssScore(vector.trim());
  if (!listed.startsWith('(')) return score?.overall === Number(listed);
  const told = listed.trim().slice(1, -1).split(',');
  const scores = [score?.base, score?.temporal, score?.environmental];
  return told.length === 3 && told.every((text, at) => (text.trim() === 'None' ? undefined : Number(text)) === scores[at]);
}
