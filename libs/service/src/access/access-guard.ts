import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { accessRule, type AccessRule } from './access.ts';
import { Admission } from './admission.ts';
import type { ServiceRequest } from './request.ts';

/** Lets a request through to its handler when the handler's rule says so. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(accessRule, [context.getHandler(), context.getClass()]);
    await this.admission.admit(rule, context.switchToHttp().getRequest<ServiceRequest>());
    return true;
  }
}
