import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { parametersOf } from './parameters.ts';
import { Problem } from './problem.ts';
import { parseJson } from './json.ts';
import type { ServiceRequest } from '../access/request.ts';
import { answersOf } from '../openapi/answers.ts';

const json = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const form = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** Parses the body for handlers that ask for it with `@Body()`, after the caller was let in. Others read `@RawBody()`. */
@Injectable()
export class BodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const wanted = parametersOf(context.getClass(), context.getHandler().name).some(({ from }) => from === 'body');
    const request = context.switchToHttp().getRequest<ServiceRequest>();
    const raw = request.rawBody;
    if (!wanted || !raw || raw.length === 0) return true;
    const type = request.headers['content-type'] ?? '';
    if (form.test(type) && answersOf(context.getHandler()).form) {
      request.body = Object.fromEntries(new URLSearchParams(raw.toString('utf8')));
      return true;
    }
    if (!json.test(type))
      throw new Problem(415, 'unsupported_media_type', `send the body as application/json, not ${type.slice(0, 100) || 'without a type'}`);
    request.body = parseJson(raw);
    return true;
  }
}
