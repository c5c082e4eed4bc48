import { Injectable } from '@nestjs/common';

/** What time it is, for what ends by itself; tests put it forward. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
