import { Module } from '@nestjs/common';
import { EvaluationModule } from '../evaluation/evaluation.module.ts';
import { BundleKeys } from '../bundles/bundle-keys.ts';
import { BundleRows } from '../bundles/bundle-rows.ts';
import { Bundles } from '../bundles/bundles.ts';
import { BuiltInPolicies } from './built-in-policies.ts';
import { Policies } from './policies.ts';
import { PoliciesController } from './policies.controller.ts';
import { PoliciesInForce } from './policies-in-force.ts';
import { PolicyRows } from './policy-rows.ts';

@Module({
  imports: [EvaluationModule],
  controllers: [PoliciesController],
  providers: [PolicyRows, Policies, PoliciesInForce, BuiltInPolicies, BundleKeys, BundleRows, Bundles],
  exports: [PoliciesInForce, Policies, PolicyRows, BundleKeys, BundleRows, Bundles],
})
export class PoliciesModule {}
