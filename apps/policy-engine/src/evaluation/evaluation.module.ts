import { Module } from '@nestjs/common';
import { Evaluations } from './evaluations.ts';

@Module({ providers: [Evaluations], exports: [Evaluations] })
export class EvaluationModule {}
