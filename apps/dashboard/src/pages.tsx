import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { AdvisoryPage } from './advisories/advisory-page.tsx';
import { AlertList } from './alerts/alert-list.tsx';
import { AlertPage } from './alerts/alert-page.tsx';
import { ApplicationPage } from './applications/application-page.tsx';
import { ChainList } from './chains/chain-list.tsx';
import { CommitPage } from './chains/commit-page.tsx';
import { TracePage } from './chains/trace-page.tsx';
import { IssuerList } from './ci/issuer-list.tsx';
import { IssuerPage } from './ci/issuer-page.tsx';
import { DeadlinesPage } from './deadlines/deadlines-page.tsx';
import { DecisionList } from './decisions/decision-list.tsx';
import { DecisionPage } from './decisions/decision-page.tsx';
import { DeliveryList } from './deliveries/delivery-list.tsx';
import { DeliveryPage } from './deliveries/delivery-page.tsx';
import { FindingList } from './findings/finding-list.tsx';
import { FindingPage } from './findings/finding-page.tsx';
import { FixList } from './fixes/fix-list.tsx';
import { FixPage } from './fixes/fix-page.tsx';
import { HeldRecordList } from './held-records/held-record-list.tsx';
import { HeldRecordPage } from './held-records/held-record-page.tsx';
import { MessageList } from './messages/message-list.tsx';
import { MessagePage } from './messages/message-page.tsx';
import { OutboxPage } from './outbox/outbox-page.tsx';
import { BundleList } from './policies/bundle-list.tsx';
import { BundlePage } from './policies/bundle-page.tsx';
import { PolicyChangeList } from './policies/change-list.tsx';
import { PolicyChangePage } from './policies/change-page.tsx';
import { PolicyList } from './policies/policy-list.tsx';
import { PolicyPage } from './policies/policy-page.tsx';
import { ReleaseForm } from './releases/release-form.tsx';
import { ReleaseList } from './releases/release-list.tsx';
import { ReleasePage } from './releases/release-page.tsx';
import { NamedRepository } from './repositories/named-repository.tsx';
import { RepositoryList } from './repositories/repository-list.tsx';
import { RepositoryPage } from './repositories/repository-page.tsx';
import { SbomDiffPage } from './sboms/sbom-diff-page.tsx';
import { SbomList } from './sboms/sbom-list.tsx';
import { SourceList } from './sources/source-list.tsx';
import { SourcePage } from './sources/source-page.tsx';
import { StartPage } from './start/start-page.tsx';
import { SystemPage } from './system/system-page.tsx';
import { Loading } from './ui/state.tsx';
import { ExceptionForm } from './waivers/exception-form.tsx';
import { WaiverList } from './waivers/waiver-list.tsx';
import { WaiverPage } from './waivers/waiver-page.tsx';

/** Brings the graph along, which is heavier than all other pages together. */
const ChainPage = lazy(() => import('./chains/chain-page.tsx'));

/** Every page under its address. Messages that were sent lead here: an address that was used once stays. */
export function Pages() {
  return (
    <Suspense fallback={<Loading what="the page" />}>
      <Routes>
        <Route path="/start" element={<StartPage />} />
        <Route path="/alerts" element={<AlertList />} />
        <Route path="/alerts/:id" element={<AlertPage />} />
        <Route path="/advisories/:id" element={<AdvisoryPage />} />
        <Route path="/applications/:name" element={<ApplicationPage />} />
        <Route path="/chains" element={<ChainList />} />
        <Route path="/chains/:id" element={<ChainPage />} />
        <Route path="/chains/:id/trace" element={<TracePage />} />
        <Route path="/check-releases" element={<ReleaseList />} />
        <Route path="/check-releases/new" element={<ReleaseForm />} />
        <Route path="/check-releases/:id" element={<ReleasePage />} />
        <Route path="/ci-issuers" element={<IssuerList />} />
        <Route path="/ci-issuers/:name" element={<IssuerPage />} />
        <Route path="/commits/:commit" element={<CommitPage />} />
        <Route path="/deadlines" element={<DeadlinesPage />} />
        <Route path="/decisions" element={<DecisionList />} />
        <Route path="/decisions/:id" element={<DecisionPage />} />
        <Route path="/deliveries" element={<DeliveryList />} />
        <Route path="/deliveries/:id" element={<DeliveryPage />} />
        <Route path="/findings" element={<FindingList />} />
        <Route path="/findings/:id" element={<FindingPage />} />
        <Route path="/fixes" element={<FixList />} />
        <Route path="/fixes/:id" element={<FixPage />} />
        <Route path="/held-records" element={<HeldRecordList />} />
        <Route path="/held-records/:service/:id" element={<HeldRecordPage />} />
        <Route path="/messages" element={<MessageList />} />
        <Route path="/messages/:id" element={<MessagePage />} />
        <Route path="/outbox" element={<OutboxPage />} />
        <Route path="/policies" element={<PolicyList />} />
        <Route path="/policies/bundles" element={<BundleList />} />
        <Route path="/policies/bundles/:sequence" element={<BundlePage />} />
        <Route path="/policies/changes" element={<PolicyChangeList />} />
        <Route path="/policies/changes/:id" element={<PolicyChangePage />} />
        <Route path="/policies/:name" element={<PolicyPage />} />
        <Route path="/repositories" element={<RepositoryList />} />
        <Route path="/repositories/named" element={<NamedRepository />} />
        <Route path="/repositories/:id" element={<RepositoryPage />} />
        <Route path="/sboms" element={<SbomList />} />
        <Route path="/sboms/diff" element={<SbomDiffPage />} />
        <Route path="/sources" element={<SourceList />} />
        <Route path="/sources/:id" element={<SourcePage />} />
        <Route path="/system" element={<SystemPage />} />
        <Route path="/waivers" element={<WaiverList />} />
        <Route path="/waivers/new" element={<ExceptionForm />} />
        <Route path="/waivers/:id" element={<WaiverPage />} />
        <Route path="*" element={<Navigate to="/start" replace />} />
      </Routes>
    </Suspense>
  );
}
