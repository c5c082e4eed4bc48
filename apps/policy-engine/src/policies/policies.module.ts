import { Module } from '@nestjs/common';
import { EvaluationModule } from '../evaluation/evaluation.module.ts';
import { BundleKeys } from '../bundles/bundle-keys.ts';
import { BundlePublication } from '../bundles/bundle-publication.ts';
import { BundleRows } from '../bundles/bundle-rows.ts';
import { Bundles } from '../bundles/bundles.ts';
import { BundlesController } from '../bundles/bundles.controller.ts';
import { BuiltInPolicies } from './built-in-policies.ts';
import { Policies } from './policies.ts';
import { PoliciesController } from './policies.controller.ts';
import { PoliciesInForce } from './policies-in-force.ts';
import { PolicyRows } from './policy-rows.ts';

@Module({
  imports: [EvaluationModule],
  controllers: [BundlesController, PoliciesController],
  providers: [PolicyRows, Policies, PoliciesInForce, BuiltInPolicies, BundleKeys, BundleRows, Bundles, BundlePublication],
  exports: [PoliciesInForce, Policies],
})
export class PoliciesModule {}
