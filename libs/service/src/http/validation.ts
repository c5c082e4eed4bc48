import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Problem, type Fault } from './problem.ts';

const maxFaults = 50;

/** Validates bodies and queries against their classes; unknown fields are refused. Facts never pass here. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new Problem(400, 'invalid', 'what was sent is not valid', faultsOf(errors).slice(0, maxFaults)),
  });
}

/** Each broken constraint with the JSON pointer of its place. */
export function faultsOf(errors: readonly ValidationError[], prefix = ''): Fault[] {
  return errors.flatMap((error) => {
    const pointer = `${prefix}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail }));
    return [...own, ...faultsOf(error.children ?? [], pointer)];
  });
}
