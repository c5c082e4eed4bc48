import { applyDecorators, HttpCode, SetMetadata, type Type } from '@nestjs/common';

/** What a handler answers, for the interface description. */
export interface Answer {
  readonly type?: Type;
  readonly status?: number;
  /** A page: `{ items: [...], next }`. */
  readonly list?: boolean;
  readonly description?: string;
  /** Another answer that is no problem, e.g. that it waits for somebody (202). */
  readonly otherwise?: { readonly status: number; readonly type: Type; readonly description: string };
  /** Media types of a body that the handler reads raw. */
  readonly consumes?: readonly string[];
  /** The body may also be a form, where a standard asks for one. */
  readonly form?: boolean;
  /** Most bytes of a body that the handler reads as a stream (`@BodyStream()`). */
  readonly streams?: number;
  /** Media types of the answer, when it is no JSON of a class. */
  readonly produces?: string | readonly string[];
  /** Fields shown once: the gateway does not keep them for a repeated request. */
  readonly secrets?: readonly string[];
}

const answers = 'throughline:answers';

/** What a handler declared by `@Answers`. */
export function answersOf(handler: object): Answer {
  return (Reflect.getMetadata(answers, handler) ?? {}) as Answer;
}

/** Declares the answer of a handler; a given status is also what is sent. */
export function Answers(type: Type | undefined, options: Omit<Answer, 'type'> = {}): MethodDecorator {
  const declare = SetMetadata(answers, { ...options, type } satisfies Answer);
  return options.status ? applyDecorators(declare, HttpCode(options.status)) : declare;
}
