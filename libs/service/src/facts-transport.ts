/** Provide a `CustomTransportStrategy` under this token: the platform connects it after all modules are up. */
export const FACT_TRANSPORT = Symbol('fact transport');
