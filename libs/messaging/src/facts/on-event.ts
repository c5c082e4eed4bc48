import { applyDecorators, Catch, UseFilters, type ExceptionFilter, type Type } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { factMeta, type FactClass } from '@throughline/contracts';
import { throwError, type Observable } from 'rxjs';

/** The transport of facts: Nest hands its handlers to no other one. */
export const factTransportId = Symbol('facts');

/** Marks a method that wants facts; also where Nest does not look for one. */
export const onEventMark = Symbol('@OnEvent');

/** What `@OnEvent` tells the transport about a handler. */
export interface Subscription {
  readonly facts: readonly FactClass[];
  readonly batch: number;
  readonly acrossTraces: boolean;
  readonly mayWait: boolean;
  readonly when: (fact: object) => boolean;
  readonly owner: Type;
  readonly method: string;
}

type Decorate<A> = <M extends (facts: A) => Promise<void>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Which facts a method takes. */
export interface TakeOptions<F extends object> {
  /** Decided from the fact alone: what it is false for is not taken at all, as if it were a fact of another type. */
  readonly when?: (fact: F) => boolean;
}

/** How a method takes lists of facts. */
export interface BatchOptions<F extends object> extends TakeOptions<F> {
  /** The most facts of one call. */
  readonly batch: number;
  /**
   * One call may take facts of several traces, so that many pushes at once cost it little more than one. For what only keeps
   * facts: whatever it added to the outbox or the queue would go on in the trace of the first of them.
   */
  readonly acrossTraces?: boolean;
  /**
   * Nobody waits for what it keeps: where that holds for all handlers of a module, facts gather for some tenths of a second
   * before each of its looks, so that those of one push need few transactions and none while somebody waits for the others.
   */
  readonly mayWait?: boolean;
}

/** Nest replaces an error by "Internal server error" unless a filter bound to the handler gives it back. */
@Catch()
export class HandOverOriginalError implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Subscribes a controller's method to a fact, in the consumer group `<service>.<module>`. With `batch` the method gets a list
 * of at most so many facts of one trace (see `acrossTraces`), in order; without, one fact. What it throws decides what becomes of the record:
 * `PermanentFailure` is held for a person, the database away is waited for, all else is retried with back-off. A method that
 * takes several facts may get them mixed: in order for each key of each topic.
 */
export function OnEvent<F extends object>(facts: readonly FactClass<F>[], options: BatchOptions<F>): Decorate<F[]>;
export function OnEvent<F extends object>(fact: FactClass<F>, options: BatchOptions<F>): Decorate<F[]>;
export function OnEvent<F extends object>(fact: FactClass<F>, options?: TakeOptions<F>): Decorate<F>;
export function OnEvent(wanted: FactClass | readonly FactClass[], options: Partial<BatchOptions<never>> = {}): Decorate<never> {
  return (target, method, descriptor) => {
    const owner = target.constructor as Type;
    const facts = [wanted].flat();
    const pattern = `${facts.map((fact) => factMeta(fact).type).join(', ')} > ${owner.name}.${String(method)}`;
    const subscription: Subscription = {
      facts,
      batch: options.batch ?? 1,
      acrossTraces: options.acrossTraces ?? false,
      mayWait: options.mayWait ?? false,
      when: (options.when as Subscription['when'] | undefined) ?? (() => true),
      owner,
      method: String(method),
    };
    Reflect.defineMetadata(onEventMark, pattern, descriptor.value!);
    applyDecorators(EventPattern<string>(pattern, factTransportId, subscription), UseFilters(HandOverOriginalError))(
      target,
      method,
      descriptor,
    );
  };
}
