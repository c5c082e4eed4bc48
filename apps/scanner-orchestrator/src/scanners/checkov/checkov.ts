import { checkovReport } from '@throughline/findings';
import { ownReport } from '../own-report.ts';
import type { ProgramScanner } from '../scanner.ts';

const frameworks = [
  ...['terraform', 'cloudformation', 'kubernetes', 'dockerfile', 'serverless', 'arm', 'bicep', 'ansible', 'openapi'],
  ...['gitlab_ci', 'bitbucket_pipelines', 'azure_pipelines', 'circleci_pipelines', 'argo_workflows'],
];

/** Configuration of checkov itself; some of it names Python files that would be run. */
const configurations = /(?:^|\/)\.checkov\.(?:ya?ml|baseline)$/;

/** Infrastructure as code. `checkov:skip` comments, baselines and configuration of the repository are not honoured, nothing is fetched. */
export const checkov: ProgramScanner = {
  kind: 'program',
  name: 'checkov',
  finds: ['configuration'],
  tool: { name: 'checkov', version: '3.3.30', installer: 'pip', present: 'checkov/main.py', asked: { megabytes: 265 } },
  ruleset: 'checkov-3',
  adapter: 1,
  reads: (path) => /\.(?:tf|tfvars|ya?ml|json|template|bicep)$|(?:^|\/)(?:dockerfile|containerfile)(?:\.[^/]+)?$/i.test(path),
  nothing: 'the tree has no infrastructure as code',
  obeys: (path) => configurations.test(path),
  canary: {
    path: (random) => `${random}/canary.tf`,
    content: () =>
      'resource "aws_security_group" "canary" {\n  #checkov:skip=CKV_AWS_24:canary\n  ingress {\n    from_port   = 22\n    to_port     = 22\n    protocol    = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n',
    expects: 'CKV_AWS_24',
  },
  command: ({ python, tool, tree }) => [
    ...[python, '-s', `${tool}/bin/checkov`, `--directory=${tree}`, '--output=json', '--compact', '--skip-download', '--soft-fail'],
    ...['--framework', ...frameworks],
  ],
  environment: ({ tool }) => ({
    ...{ PYTHONPATH: tool, PYTHONDONTWRITEBYTECODE: '1', HOME: '/tmp', LOG_LEVEL: 'CRITICAL' },
    // Semaphores of its pools need a shared memory that the box does not have.
    ...{ CHECKOV_PARALLELIZATION_TYPE: 'none', CKV_IGNORE_HIDDEN_DIRECTORIES: 'false' },
  }),
  success: [0],
  read: (report) => ownReport(checkovReport, report, 'Checkov cannot parse this file: it was not checked'),
};
