const consumers = new WeakMap<object, string>();

/** Notes by which consumer (`<service>.<module>`) a fact was received; for the transport and for tests. */
export function deliveredTo<F extends object>(consumer: string, fact: F): F {
  consumers.set(fact, consumer);
  return fact;
}

/** The consumer that received a fact; throws for a fact that did not come through the transport. */
export function consumerOf(fact: object): string {
  const consumer = consumers.get(fact);
  if (!consumer) throw new Error(`this ${fact.constructor.name} was not delivered to a consumer: it cannot be marked as handled`);
  return consumer;
}
