import { parseJson, Problem } from '@throughline/service/plain';

const json = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const form = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** The payload of a webhook request, which providers send as JSON or as a form with the JSON in `payload`. Throws `Problem`. */
export function readPayload(contentType: string | undefined, rawBody: Buffer): unknown {
  if (contentType === undefined || json.test(contentType)) return parseJson(rawBody);
  if (!form.test(contentType)) throw new Problem(415, 'unsupported_media_type', 'set the content type of the webhook to application/json');
  const payload = new URLSearchParams(rawBody.toString('utf8')).get('payload');
  if (payload === null) throw new Problem(400, 'malformed_form', 'the form has no field named payload');
  return parseJson(Buffer.from(payload));
}
